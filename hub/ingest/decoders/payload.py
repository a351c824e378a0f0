"""What all JSON conventions share: reading JSON within limits, flattening it, and telling values, times and presence.

Pure. It never asks what time it is: a device's time is taken as written, and whether to believe it is decided later.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from device_rules.reading import PresenceState, Value
from hub.ports.telemetry import Rejected

LARGEST = 256 * 1024  # bytes
DEEPEST = 8
MOST_METRICS = 256
MOST_ITEMS = 1_000
LONGEST_NAME = 128
LONGEST_TEXT = 1_024
HUGE = 1 << 63
YES, NO = frozenset(("true", "on", "yes", "1")), frozenset(("false", "off", "no", "0"))

_DECODE = msgspec.json.Decoder().decode
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

PRESENCE: Mapping[object, PresenceState] = {
    "online": PresenceState.ONLINE,
    "true": PresenceState.ONLINE,
    "ready": PresenceState.ONLINE,
    "sleeping": PresenceState.SLEEPING,
    "offline": PresenceState.OFFLINE_LOST,
    "false": PresenceState.OFFLINE_LOST,
    "lost": PresenceState.OFFLINE_LOST,
    "disconnected": PresenceState.OFFLINE_CLEAN,
}
"""Words of presence. `offline` is the last will of the default convention, so it counts as lost."""


class Unusable(Exception):
    """The payload cannot be read; the sentence says why and holds no value."""


def read(payload: bytes) -> Any:
    """The JSON value of `payload`. Raises Unusable: too large, not UTF-8, not JSON (NaN and Infinity are not), too
    deep, or the same key twice."""
    if len(payload) > LARGEST:
        raise Unusable(f"the payload is larger than {LARGEST // 1024} KB")
    try:
        value = _DECODE(payload)
    except RecursionError:
        raise Unusable("the payload is nested too deeply") from None
    except msgspec.DecodeError:
        raise Unusable(_whats_wrong(payload)) from None
    except UnicodeDecodeError:
        raise Unusable("the payload is not UTF-8") from None
    if type(value) is dict:
        refuse_twins(payload, value)
    return value


def _whats_wrong(payload: bytes) -> str:
    if not payload.strip():
        return "the payload is empty"
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return "the payload is not UTF-8"
    return (
        "NaN and Infinity are not JSON"
        if re.search(r"\b(NaN|Infinity)\b", text)
        else "the payload is not JSON"
    )


def refuse_twins(payload: bytes, value: dict[str, Any]) -> None:
    """Raise Unusable when a key stands twice in one object: nobody can tell which value is meant.

    Counting colons is enough nearly always; only when they don't add up the payload is read again, slowly.
    """
    colons = payload.count(b":")
    if colons == len(value) or colons == _colons(value):
        return
    try:
        json.loads(payload, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unusable(str(error)) from None


def _colons(value: Any) -> int:
    if type(value) is str:
        return value.count(":")
    if type(value) is dict:
        return sum(1 + key.count(":") + _colons(part) for key, part in value.items())
    if type(value) is list:
        return sum(map(_colons, value))
    return 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def values(found: Mapping[str, Any], kinds: Mapping[str, str], refused: list[Rejected]) -> dict[str, Value]:
    """The metrics of an object, nested names joined with `.`; null is no value. Numbers are float.

    What has the wrong type is left out and told in `refused`. Raises Unusable: too many, too deep.
    """
    plain: dict[str, Value] = {}
    declared = kinds.get
    for name, value in found.items():  # the hottest loop of the way in: the usual cases first, without a call
        sort, kind = type(value), declared(name)
        if kind == "number" and (sort is float or (sort is int and -HUGE < value < HUGE)):
            plain[name] = float(value)
        elif kind == "text" and sort is str and len(value) <= LONGEST_TEXT:
            plain[name] = value
        elif sort is dict:
            _nested(plain, f"{name}.", value, (kinds, refused, 2))
        elif value is not None:
            _put(plain, name, value, (kinds, refused))
    if len(plain) > MOST_METRICS:
        raise Unusable(f"more than {MOST_METRICS} metrics")
    return plain


_Told = tuple[Mapping[str, str], list[Rejected], int]


def _nested(plain: dict[str, Value], prefix: str, found: Mapping[str, Any], told: _Told) -> None:
    kinds, refused, depth = told
    if depth > DEEPEST:
        raise Unusable(f"nested deeper than {DEEPEST}")
    if len(plain) > MOST_METRICS:
        raise Unusable(f"more than {MOST_METRICS} metrics")
    for name, value in found.items():
        if type(value) is dict:
            _nested(plain, f"{prefix}{name}.", value, (kinds, refused, depth + 1))
        elif value is not None:
            _put(plain, prefix + name, value, (kinds, refused))


def _put(
    plain: dict[str, Value], name: str, value: Any, told: tuple[Mapping[str, str], list[Rejected]]
) -> None:
    kinds, refused = told
    kind = kinds.get(name)
    if type(value) is float and kind == "number":
        plain[name] = value
        return
    taken = as_kind(value, kind)
    if taken is None:
        declared = name if kind else "a metric"  # an undeclared name is the sender's own text
        refused.append(
            Rejected(f"{declared} has the wrong type" + (f": the book wants a {kind}" if kind else ""))
        )
    elif len(name) > LONGEST_NAME or not name.isprintable():
        refused.append(Rejected("a metric's name is too long or not printable"))
    else:
        plain[name] = taken


def as_kind(value: Any, kind: str | None) -> Value | None:
    """`value` as `number`, `bool` or `text` (None: as it is, numbers as float); None when it is not one."""
    if type(value) is str:
        return _from_text(value, kind)
    if type(value) is bool:
        return value if kind in (None, "bool") else None
    if type(value) in (int, float) and kind in (None, "number"):
        return _finite(value)
    if type(value) in (int, float) and kind == "bool" and value in (0, 1):
        return bool(value)
    return None


def _from_text(text: str, kind: str | None) -> Value | None:
    if kind == "number":
        try:
            return _finite(float(text))
        except ValueError:
            return None
    if kind == "bool":
        word = text.strip().lower()
        return True if word in YES else False if word in NO else None
    return text if len(text) <= LONGEST_TEXT else None


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def moment(value: Any) -> int | None:
    """A device's time in UTC µs: a number (seconds below 1e11, ms below 1e14, µs below 1e17, else ns), or ISO 8601
    with zone. None when it is neither: such a clock is not believed."""
    if type(value) is str:
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return from_iso(text)
        value = float(text) if "." in text else int(text)
    return _by_size(value) if type(value) in (int, float) and 0 <= value <= 1e20 else None


def _by_size(value: float) -> int:
    if value < 1e11:
        return round(value * 1_000_000)
    if value < 1e14:
        return round(value * 1_000)
    return round(value if value < 1e17 else value / 1_000)


def from_iso(text: str) -> int | None:
    """UTC µs of ISO 8601 with a zone; None without one, or when it is no time."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return None
        return int(at.astimezone(UTC).timestamp()) * 1_000_000 + at.microsecond
    except (ValueError, OverflowError):
        return None


def presence(found: Any) -> PresenceState | None:
    """Presence from a word, a bool or `{"state": word}`; None when it is none of them."""
    if type(found) is dict:
        found = found.get("state")
    if type(found) is bool:
        found = "true" if found else "false"
    return PRESENCE.get(found.strip().lower()) if type(found) is str else None
