"""A Home Assistant with satellites: its WebSocket as it is on the wire, and people in the rooms who answer, or don't.

Token, services and features are checked as Home Assistant checks them; what was answered is recognised with hassil, as its
core does. A satellite's `people` are told each question and say their words: None is silence. `Mood` makes it busy,
deaf for ever, or lets the line break in the middle of a question.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self

from aiohttp import WSMsgType, web
from hassil import Intents, recognize
from hassil.expression import Expression, Group, ListReference
from hassil.intents import WildcardSlotList

ANNOUNCE, START_CONVERSATION = 1, 2
VERSION = "2026.11.2"
_PUNCTUATION = re.compile(r"[.。,，?¿？؟!¡！;；:：’…]")
_NO_ANSWER = "No answer from question"


class Mood(Enum):
    """What a satellite may do instead of asking."""

    BUSY = "it is in use"
    NEVER = "it asks, and nothing ever comes back"
    BREAK = "the line breaks while it asks"
    REFUSE = "something else is wrong with it"


Answer = str | Mood | None
People = Callable[[str], Answer]


def script(*answers: Answer) -> People:
    """People who give these answers, one after the other, and then say nothing any more."""
    left = list(answers)

    def say(question: str) -> Answer:
        return left.pop(0) if left else None

    return say


def _unheard(_: str) -> None:
    """Nobody listens to what is announced."""


@dataclass(slots=True)
class Satellite:
    """One satellite: what it can do, who is in the room (`hears` what is only announced), what it has said, and how often it
    was asked two things at once."""

    features: int = ANNOUNCE | START_CONVERSATION
    people: People = field(default_factory=script)
    hears: Callable[[str], None] = _unheard
    away: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    collided: int = 0
    in_use: bool = False


class _Broken(Exception):
    """The line is to break now."""


class _Wrong(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class HomeAssistant:
    """`async with HomeAssistant() as home:` serves at `home.url`, for whoever has `token`. It can be stopped and started
    again on the same port."""

    def __init__(self, token: str = "s3cret", language: str = "en") -> None:  # noqa: S107 - a test one
        self.token, self.language = token, language
        self.satellites: dict[str, Satellite] = {}
        self.logins = 0
        self.refused = 0
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._open: set[web.WebSocketResponse] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, name: str, satellite: Satellite | None = None) -> Satellite:
        """Put a satellite into the home."""
        return self.satellites.setdefault(f"assist_satellite.{name}", satellite or Satellite())

    async def start(self) -> Self:
        """Serve."""
        app = web.Application()
        app.router.add_get("/api/websocket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        [(_, self.port, *_)] = self._runner.addresses
        return self

    async def stop(self) -> None:
        """Break every line, and be gone."""
        for socket in list(self._open):
            _abort(socket)
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.add(socket)
        try:
            if await self._let_in(socket):
                await self._serve(socket)
        finally:
            self._open.discard(socket)
        return socket

    async def _let_in(self, socket: web.WebSocketResponse) -> bool:
        await socket.send_json({"type": "auth_required", "ha_version": VERSION})
        said = await socket.receive_json()
        if said.get("type") != "auth" or said.get("access_token") != self.token:
            self.refused += 1
            await socket.send_json({"type": "auth_invalid", "message": "Invalid access token or password"})
            await socket.close()
            return False
        self.logins += 1
        await socket.send_json({"type": "auth_ok", "ha_version": VERSION})
        return True

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        tasks: set[asyncio.Task[None]] = set()
        last = 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = message.json()
            if said["id"] <= last:
                await _fail(socket, said["id"], _Wrong("id_reuse", "Identifier values have to increase."))
                continue
            last = said["id"]
            task = asyncio.create_task(self._command(socket, said))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        for task in tasks:
            task.cancel()

    async def _command(self, socket: web.WebSocketResponse, said: Mapping[str, Any]) -> None:
        try:
            if said["type"] == "ping":
                await socket.send_json({"id": said["id"], "type": "pong"})
                return
            result = self._states() if said["type"] == "get_states" else await self._service(said)
            answer = {"id": said["id"], "type": "result", "success": True, "result": result}
            await socket.send_json(answer)
        except _Wrong as wrong:
            await _fail(socket, said["id"], wrong)
        except _Broken:
            _abort(socket)
        except ConnectionError:
            return  # whoever asked is gone

    def _states(self) -> list[dict[str, Any]]:
        sun = {"entity_id": "sun.sun", "state": "above_horizon", "attributes": {}}
        return [
            sun,
            *(
                {
                    "entity_id": name,
                    "state": "unavailable" if each.away else "idle",
                    "attributes": {"supported_features": each.features},
                }
                for name, each in self.satellites.items()
            ),
        ]

    async def _service(self, said: Mapping[str, Any]) -> dict[str, Any]:
        data, service = said.get("service_data", {}), said.get("service")
        if said["type"] != "call_service" or said.get("domain") != "assist_satellite":
            raise _Wrong("unknown_command", "Unknown command.")
        satellite = self.satellites.get(str(data.get("entity_id")))
        if satellite is None or satellite.away:
            raise _Wrong("not_found", "Entity not found")
        context = {"context": {"id": "01J", "parent_id": None, "user_id": "u"}}
        if service == "ask_question":
            if said.get("return_response") is not True:
                raise _Wrong("service_validation_error", "The action requires responses")
            return {**context, "response": await self._ask(satellite, data)}
        if service != "announce" or not satellite.features & ANNOUNCE:
            raise _Wrong("service_validation_error", "Entity does not support this service.")
        await _use(satellite)
        satellite.said.append(("announce", str(data["message"])))
        satellite.hears(str(data["message"]))
        satellite.in_use = False
        return {**context, "response": None}

    async def _ask(self, satellite: Satellite, data: Mapping[str, Any]) -> dict[str, Any]:
        if not satellite.features & START_CONVERSATION:
            raise _Wrong("service_validation_error", "Entity does not support this service.")
        for answer in data.get("answers", []):
            if set(answer) != {"id", "sentences"} or any(map(_PUNCTUATION.search, answer["sentences"])):
                raise _Wrong("invalid_format", "sentence should not contain punctuation")
        await _use(satellite)
        try:
            words = await self._in_the_room(satellite, data)
        finally:
            satellite.in_use = False
        return recognised(words, data.get("answers", []), self.language)

    async def _in_the_room(self, satellite: Satellite, data: Mapping[str, Any]) -> str:
        answer = satellite.people(str(data["question"]))
        if answer is Mood.BUSY:
            raise _Wrong("home_assistant_error", "")
        satellite.said.append(("ask", str(data["question"])))
        satellite.asked.append(data)
        if answer is Mood.NEVER:
            await asyncio.Event().wait()
        if answer is Mood.BREAK:
            raise _Broken
        if answer is Mood.REFUSE:
            raise _Wrong("unknown_error", "Unknown error")
        if not isinstance(answer, str):
            raise _Wrong("home_assistant_error", _NO_ANSWER)
        return answer


async def _use(satellite: Satellite) -> None:
    if satellite.in_use:
        satellite.collided += 1
        raise _Wrong("home_assistant_error", "")
    satellite.in_use = True
    await asyncio.sleep(0)  # speaking takes a moment, in which others may come


def recognised(words: str, answers: Iterable[Mapping[str, Any]], language: str) -> dict[str, Any]:
    """What Home Assistant makes of `words`: the answer that fits, with its slots; None as id when none does."""
    given = [{"sentences": each["sentences"], "metadata": {"id": each["id"]}} for each in answers]
    if not given:
        return {"id": None, "sentence": words, "slots": {}}
    intents = Intents.from_dict({"language": language, "intents": {"Question": {"data": given}}})
    for name in sorted(_lists(intents)):
        intents.slot_lists[name] = WildcardSlotList(name)
    found = recognize(words, intents)
    if found is None:
        return {"id": None, "sentence": words, "slots": {}}
    slots = {name: entity.value for name, entity in found.entities.items()}
    return {"id": (found.intent_metadata or {})["id"], "sentence": words, "slots": slots}


def _lists(intents: Intents) -> set[str]:
    """The names of lists that sentences refer to: wildcards, all of them."""

    def inside(expression: Expression) -> Iterable[str]:
        if isinstance(expression, ListReference):
            yield expression.list_name
        elif isinstance(expression, Group):
            for item in expression.items:
                yield from inside(item)

    sentences = [s for intent in intents.intents.values() for data in intent.data for s in data.sentences]
    return {name for each in sentences for name in inside(each.expression)}


async def _fail(socket: web.WebSocketResponse, number: int, wrong: _Wrong) -> None:
    error = {"code": wrong.code, "message": wrong.message}
    await socket.send_json({"id": number, "type": "result", "success": False, "error": error})


def _abort(socket: web.WebSocketResponse) -> None:
    """Break a line without a goodbye."""
    transport = socket.get_extra_info("_transport") or getattr(socket, "_req").transport  # noqa: B009
    if transport is not None:
        transport.abort()
