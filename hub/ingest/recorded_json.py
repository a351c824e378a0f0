"""JSON lines of a recording as records: `{"device", "at", "values": {…}}`, or with the metrics beside device and time.

Whole blocks of lines are decoded at once; only a block in which something is wrong is gone through line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Annotated, Any, Protocol, TypeAlias

import msgspec

from device_rules.reading import Describe, Event, Presence, PresenceState, Reading, Record, Value
from hub.ingest.recorded_dates import Dated, Piece, same
from hub.ingest.recorded_times import BadMoment, Moments, When, believed

BLOCK = 1 << 17  # bytes at a time: what the processor's cache holds
LONGEST = 1 << 20  # bytes of one line
LATE = 300_000_000
INSIDE = frozenset(
    {"values", "event", "data", "presence", "describe", "retained"}
)  # where values stand inside

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Loose: TypeAlias = dict[str, float | str | bool | None]


class Lines(Protocol):
    """Where lines that cannot be read are told."""

    def add(self, place: str, cause: str) -> None: ...


class _Described(msgspec.Struct, gc=False):
    """What a line may say about its device."""

    model: str = ""
    firmware: str = ""
    attributes: dict[str, Value] = {}
    site: str = ""
    zone: str = ""
    region: str = ""


class _Plain(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What nearly all lines are."""

    device: Name
    at: When
    values: dict[str, Value]


class _Strict(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    device: Name
    at: When
    values: dict[str, Value] | None = None
    received: When | None = None
    event: str | None = None
    data: dict[str, Value] = {}
    presence: PresenceState | None = None
    describe: _Described | None = None
    model: str = ""
    retained: bool = False


class _Gaps(_Strict, gc=False, forbid_unknown_fields=True):
    """The same where values may be null."""

    values: Loose | None = None  # type: ignore[assignment]


Line: TypeAlias = _Strict | _Gaps


class BadLine(ValueError):
    """What is wrong with a line."""


class _Reader:
    """Turns blocks of lines into records; remembers which form the last block had."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name, self._lines = name, lines
        self._moments = Moments()
        self._models: dict[str, str] = {}
        self._line = 1
        self._form = 0
        plain = msgspec.json.Decoder(_Plain)
        strict, gaps = msgspec.json.Decoder(_Strict), msgspec.json.Decoder(_Gaps)
        flat = msgspec.json.Decoder(dict[str, float | str | bool])
        loose = msgspec.json.Decoder(Loose)
        self._forms: tuple[Callable[[bytes], list[Record]], ...] = (
            lambda block: self._plainly(plain.decode_lines(block)),
            lambda block: self._nested(strict.decode_lines(block)),
            lambda block: self._nested([_filled(line) for line in gaps.decode_lines(block)]),
            lambda block: self._flat(flat.decode_lines(block)),
            lambda block: self._flat([_known(line) for line in loose.decode_lines(block)]),
        )

    def read(self, block: bytes) -> Piece:
        """The records of whole lines."""
        records = self._quickly(block)
        if records is None:
            records = self._one_by_one(block)
        first = self._line
        self._line += block.count(b"\n")
        return Piece(records, partial(self._find, block, first))

    def _find(self, block: bytes, first: int, record: Dated) -> int | None:
        """The number of the line that a record comes from."""
        for number, text in enumerate(block.split(b"\n"), first):
            found = (self._quickly(text) if text.strip() else None) or ()
            if any(same(each, record) for each in found):
                return number
        return None

    def _quickly(self, block: bytes) -> list[Record] | None:
        for turn in range(len(self._forms)):
            form = (self._form + turn) % len(self._forms)
            try:
                records = self._forms[form](block)
            except (msgspec.DecodeError, BadLine, BadMoment, UnicodeDecodeError):
                continue
            self._form = form
            return records
        return None

    def _one_by_one(self, block: bytes) -> list[Record]:
        records: list[Record] = []
        for number, text in enumerate(block.split(b"\n"), self._line):
            if not text.strip():
                continue
            found = self._quickly(text)
            if found is None:
                self._lines.add(f"{self._name}:{number}", self._cause(text))
            else:
                records += found
        return records

    def _cause(self, text: bytes) -> str:
        """What is wrong with a line, by trying it in the form that it seems to have."""
        try:
            line = msgspec.json.decode(text)
            if not isinstance(line, dict):
                return "a line is a JSON object, such as {“device”: …, “at”: …, “values”: {…}}"
            for name in ("device", "at"):
                if name not in line:
                    return f"“{name}” is missing"
            self._forms[4 if INSIDE.isdisjoint(line) else 2](text)
        except (msgspec.ValidationError, BadLine, BadMoment) as error:
            return _in_words(str(error))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return f"this is no JSON: {error}"
        return "nobody can tell what this is"

    def _plainly(self, lines: list[_Plain]) -> list[Record]:
        moments = self._moments
        return [Reading(line.device, at := moments[line.at], at, line.values) for line in lines]

    def _nested(self, lines: list[_Strict]) -> list[Record]:
        moments = self._moments
        records: list[Record] = []
        for line in lines:
            values = line.values
            if values is None or line.received is not None or line.retained or self._tells(line):
                records += self._full(line)
                continue
            at = moments[line.at]
            records.append(Reading(line.device, at, at, values))
            if line.event is not None or line.presence is not None:
                records += self._signs(line, at, at)
        return records

    def _tells(self, line: _Strict) -> bool:
        """Whether the line says something new about its device."""
        return line.describe is not None or bool(line.model and self._models.get(line.device) != line.model)

    def _full(self, line: _Strict) -> list[Record]:
        at = self._moments[line.at]
        received = at if line.received is None else self._moments[line.received]
        effective = believed(at, received)
        records: list[Record] = []
        if self._tells(line):
            told = line.describe or _Described(line.model)
            self._models[line.device] = told.model or line.model
            given = (told.model or line.model, told.firmware, told.attributes, told.site, told.zone)
            records.append(Describe(line.device, received, effective, *given, region=told.region))
        records += self._signs(line, received, effective)
        if line.values is not None:
            late = received - effective > LATE
            records.append(Reading(line.device, received, effective, line.values, at, line.retained, late))
        if not records:
            raise BadLine("there is nothing in it: no values, event, presence or describe")
        return records

    def _signs(self, line: _Strict, received: int, effective: int) -> list[Record]:
        found: list[Record] = []
        if line.presence is not None:
            found.append(Presence(line.device, received, effective, line.presence, source="recording"))
        if line.event is not None:
            found.append(Event(line.device, received, effective, line.event, line.data))
        return found

    def _flat(self, lines: list[dict[str, Any]]) -> list[Record]:
        moments = self._moments
        records: list[Record] = []
        for values in lines:
            try:
                device, at = values.pop("device"), moments[values.pop("at")]
            except KeyError as error:
                raise BadLine(f"{error} is missing") from None
            received = moments[values.pop("received")] if "received" in values else at
            if not device or device.__class__ is not str or not INSIDE.isdisjoint(values):
                raise BadLine(
                    "“device” is a text, and not empty"
                    if INSIDE.isdisjoint(values)
                    else "it has two forms at once"
                )
            model = values.pop("model", None)
            if model is not None and self._models.get(device) != model:
                self._models[device] = str(model)
                records.append(Describe(device, received, believed(at, received), str(model)))
            effective = at if received == at else believed(at, received)
            late = received - effective > LATE
            records.append(Reading(device, received, effective, values, None, False, late))
        return records


def _in_words(words: str) -> str:
    """msgspec's words without its own notation."""
    for its, ours in (
        ("$[0].", ""),
        ("`$[0]`", "the line"),
        ("bool | float | str | null", "number, text, truth"),
    ):
        words = words.replace(its, ours)
    return words.replace("[...]", ".*")


def _filled(line: _Gaps) -> _Strict:
    if line.values is not None:
        line.values = _known(line.values)
    return line


def _known(values: Any) -> dict[str, Any]:
    """Without what is null: it was not sent."""
    if None in values.values():
        return {name: value for name, value in values.items() if value is not None}
    return values  # type: ignore[no-any-return]


def read_json(name: str, plain: IO[bytes], lines: Lines) -> Iterator[Piece]:
    """The records of a file of JSON lines, block by block."""
    reader, rest, skipping = _Reader(name, lines), b"", False
    while block := plain.read(BLOCK):
        whole, newline, tail = block.rpartition(b"\n")
        if not newline:
            rest += block
            if len(rest) > LONGEST and not skipping:
                skipping = True
                lines.add(name, f"a line is longer than {LONGEST:,} bytes")
            rest = b"" if skipping else rest
            continue
        if skipping:
            whole, skipping = whole.partition(b"\n")[2], False
        yield reader.read(rest + whole + b"\n")
        rest = tail
    if rest.strip():
        yield reader.read(rest)
