"""Problem details (RFC 9457): every error of the API says what is wrong, where, and what to do about it.

Never repeats what was sent to us: a refused value may be somebody's phone number.
"""

from __future__ import annotations

from collections.abc import Mapping
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
            found = [_where(line) for line in error.errors()]
            return Problem(422, "The request has fields that cannot be used.", errors=found)
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
    }
    problem = Problem(error.status_code, sentences.get(error.status_code, str(error.detail)))
    problem.headers.update(error.headers or {})
    return problem


def _where(line: Mapping[str, Any]) -> dict[str, str]:
    return {"at": "/".join(str(part) for part in line["loc"]), "cause": str(line["msg"])}
