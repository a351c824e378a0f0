"""Problem details (RFC 9457): every error of the API says what is wrong, where, and what to do about it.

Never repeats what was sent to us: a refused value may be somebody's phone number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from hub.ports import BadInput


class Problem(Exception):
    """An error to answer with: HTTP `status`, one sentence in `detail`, a `remedy`, and further JSON-ready members."""

    def __init__(self, status: int, detail: str, remedy: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.remedy, self.more = status, detail, remedy, more
        self.headers: dict[str, str] = {}

    def with_header(self, name: str, value: str) -> Problem:
        """The same problem, answered with one more header."""
        self.headers[name] = value
        return self


def document(problem: Problem, instance: str) -> dict[str, Any]:
    """The problem as RFC 9457 JSON; `instance` is the path that was asked for, without its query."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
    }
    if problem.remedy:
        body["remedy"] = problem.remedy
    return body | problem.more


def for_people(headers: Mapping[str, str]) -> bool:
    """Whether a person looks at the answer, in a browser."""
    return "text/html" in headers.get("accept", "")


def answer(problem: Problem, instance: str) -> Response:
    """The problem as a response."""
    return JSONResponse(
        document(problem, instance),
        problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def as_problem(error: Exception) -> Problem:
    """Any error that a request can end with, as a problem. What is not theirs is ours: 500, without its words."""
    match error:
        case Problem():
            return error
        case BadInput():
            return Problem(422, f"{error.place}: {error.cause}", error.remedy, place=error.place)
        case RequestValidationError():
            return _from_fields([_where(line) for line in error.errors()])
        case HTTPException():
            return _from_http(error)
        case _:
            return Problem(
                500, "Something went wrong on our side.", "Try again; if it stays, tell who runs the hub."
            )


def _from_http(error: HTTPException) -> Problem:
    sentences = {
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
        413: "This is more than the address takes.",
    }
    remedies = {413: "Send it in smaller parts."}
    status = error.status_code
    problem = Problem(status, sentences.get(status, str(error.detail)), remedies.get(status, ""))
    problem.headers.update(error.headers or {})
    return problem


def _from_fields(found: Sequence[Mapping[str, str]]) -> Problem:
    """One sentence for people, with the first place; every place in `errors`."""
    first, more = found[0], len(found) - 1
    also = f" And {more} more." if more else ""
    detail = f"{first['at']}: {first['cause']}{also}"
    return Problem(
        422, detail, "Mend it and send it again. `/api/openapi.json` shows every field.", errors=found
    )


# What is wrong with a field, in words, by the name that pydantic gives it; {…} are the bounds it names. Never the value.
SENTENCES: Mapping[str, str] = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "This is not JSON.",
    "enum": "It has to be {expected}.",
    "literal_error": "It has to be {expected}.",
    "string_too_short": "It is too short: at least {min_length} letters.",
    "string_too_long": "It is too long: at most {max_length} letters.",
    "string_pattern_mismatch": "It holds letters or signs that are not allowed here.",
    "greater_than_equal": "It has to be {ge} or more.",
    "less_than_equal": "It has to be {le} or less.",
    "too_short": "There have to be at least {min_length}.",
    "too_long": "There may be at most {max_length}.",
}
KINDS: Mapping[str, str] = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object with fields",
    "model_attributes": "a JSON object, sent as application/json",
    "model": "a JSON object, sent as application/json",
}


def _where(line: Mapping[str, Any]) -> dict[str, str]:
    return {"at": "/".join(str(part) for part in line["loc"]), "cause": _cause(str(line["type"]), line)}


def _cause(kind: str, line: Mapping[str, Any]) -> str:
    if kind in SENTENCES:
        return SENTENCES[kind].format_map(line.get("ctx", {}))
    wanted = KINDS.get(kind.rsplit("_", 1)[0])
    return f"This has to be {wanted}." if wanted else "This cannot be used here."
