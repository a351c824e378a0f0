"""What the loops need from the voices of speakers at home: pure translators between a wire and turns and replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Reply, Turn


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that a speaker heard: which speaker it says it is ("" when it does not say), in which language, and what it calls
    the talk that they belong to."""

    text: str
    speaker: str
    language: str
    talk: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a frame: what it is, what it says, and how many bytes of data and payload follow it."""

    type: str
    data: Mapping[str, Any]
    data_length: int = 0
    payload_length: int = 0


class SatelliteVoice(Protocol):
    """Home Assistant's satellites. `ask` and `announce` answer the data of its services; `heard` reads the answer to a
    question (None: nobody said anything). They raise BadInput on what cannot be said."""

    def spoken(self, reply: Reply, language: str) -> str: ...
    def news(self, language: str) -> str: ...
    def ask(
        self, satellite: str, question: str, wants: tuple[Expecting, Sequence[Phrase]], language: str
    ) -> dict[str, Any]: ...
    def announce(self, satellite: str, text: str) -> dict[str, Any]: ...
    def heard(self, answer: Mapping[str, Any] | None, key: str, language: str) -> Turn: ...


class HandleVoice(Protocol):
    """Wyoming's `handle` service. `head` and `merged` read a frame, `read` what was heard: they raise BadInput on junk. `info`
    says who we are, `handled` and `not_handled` are answers (type and data)."""

    def head(self, line: bytes) -> Head: ...
    def merged(self, first: Head, more: bytes) -> Mapping[str, Any]: ...
    def info(self) -> tuple[str, dict[str, Any]]: ...
    def read(self, data: Mapping[str, Any]) -> Utterance: ...
    def heard(self, said: Utterance, key: str) -> Turn: ...
    def handled(self, reply: Reply, said: Utterance) -> tuple[str, dict[str, Any]]: ...
    def not_handled(self, key: str, said: Utterance) -> tuple[str, dict[str, Any]]: ...
