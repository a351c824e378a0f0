"""How the console says things: states, channels, receipts and values in plain words.

Pure tables and small functions; nothing in here knows a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from device_rules.fault import Leaf
from device_rules.reading import MINUTE, SECOND, PresenceState
from hub.domain.agent import Closing
from hub.domain.asked import Mode
from hub.domain.case import TicketStatus
from hub.domain.contact import ON_PAPER, Message, MessageStatus
from hub.domain.customer import Channel
from hub.web.chart import number
from hub.web.when import ago

STATUS: Mapping[TicketStatus, str] = {
    TicketStatus.HUB: "handled by the hub",
    TicketStatus.WAITING: "waiting for the customer",
    TicketStatus.NEEDS_AGENT: "needs an agent",
    TicketStatus.WITH_AGENT: "with an agent",
    TicketStatus.RESOLVED: "resolved",
}
MODES: Mapping[str, str] = {
    Mode.PAPER: "Messages are written down, not sent.",
    Mode.TEST_NUMBERS: "Only listed test numbers are reached.",
    Mode.LIVE: "Messages go out.",
}
CHANNELS: Mapping[Channel, str] = {
    Channel.PAPER: "on paper",
    Channel.SMS: "text",
    Channel.PUSH: "push",
    Channel.PHONE: "call",
    Channel.VOICE: "speaker",
    Channel.EMAIL: "e-mail",
    Channel.AGENT: "agent",
    Channel.PAGE: "web page",
    Channel.ASSISTANT: "assistant",
}
PRESENCE: Mapping[PresenceState, str] = {
    PresenceState.ONLINE: "online",
    PresenceState.SLEEPING: "sleeping",
    PresenceState.OFFLINE_CLEAN: "switched off",
    PresenceState.OFFLINE_LOST: "connection lost",
    PresenceState.STALE: "silent",
    PresenceState.UNKNOWN: "not heard yet",
}
# What became of a message, and how it feels: good, wait, bad or nothing.
RECEIPTS: Mapping[MessageStatus, tuple[str, str]] = {
    MessageStatus.QUEUED: ("waiting to leave", "wait"),
    MessageStatus.SENDING: ("on its way", "wait"),
    MessageStatus.ACCEPTED: ("accepted by the carrier", ""),
    MessageStatus.SENT: ("sent", ""),
    MessageStatus.DELIVERED: ("delivered", "good"),
    MessageStatus.READ: ("read", "good"),
    MessageStatus.FAILED: ("failed", "bad"),
    MessageStatus.UNDELIVERED: ("not delivered", "bad"),
    MessageStatus.EXPIRED: ("too old, not sent", "bad"),
    MessageStatus.CANCELLED: ("cancelled before it left", ""),
    MessageStatus.IN_DOUBT: ("nobody can tell whether it was sent", "bad"),
    MessageStatus.HEARD: ("", ""),
}


def receipt_of(message: Message) -> tuple[str, str]:
    """What became of `message`, and how that feels. What was written on paper has reached nobody."""
    if message.because in ON_PAPER and message.status is MessageStatus.ACCEPTED:
        return "written on paper, not sent", ""
    return RECEIPTS[message.status]


CLOSINGS: Mapping[Closing, tuple[str, str]] = {
    Closing.FIXED: ("Fixed", "the device works again"),
    Closing.FALSE_ALARM: ("False alarm", "there was nothing wrong; counts against the rule"),
    Closing.REPLACED: ("Replaced", "the device or a part was exchanged"),
    Closing.MOVED: ("Moved", "the device is no longer theirs"),
    Closing.UNREACHABLE: ("Unreachable", "nobody could be reached in any way"),
}


def closing_word(closing: str) -> str:
    """`fixed`, or what an older release called it."""
    return CLOSINGS[Closing(closing)][0].lower() if closing in set(Closing) else closing.replace("_", " ")


def plain(name: str) -> str:
    """A name as written in rules and facts, in words: `coil_temp` → `coil temp`."""
    return name.replace("_", " ").replace(".", " ").replace("-", " ").strip()


def leaves(leaf: Leaf) -> Iterator[Leaf]:
    """The comparisons of a condition tree."""
    if leaf.metric:
        yield leaf
    for part in leaf.parts:
        yield from leaves(part)


def measured(leaf: Leaf) -> bool:
    """Whether it compares a number; a comparison of states only says when the rule applies."""
    return leaf.threshold is not None and not isinstance(leaf.threshold, str | bool)


def limit(leaf: Leaf) -> str:
    """The limit of a comparison in words: `below −12 °C`; as written where it is not that simple."""
    found = re.search(r"(<=|>=|<|>)", leaf.text)
    if found is None or not measured(leaf) or leaf.threshold is None:
        return leaf.text
    unit = f" {leaf.unit}" if leaf.unit else ""
    return f"{LIMITS[found[0]]} {number(leaf.threshold)}{unit}"


LIMITS: Mapping[str, str] = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def amount(value: float | str | bool, unit: str) -> str:
    """A value with its unit; a long count of seconds as people say it: `15 min`, `3 h 20 min`, `6 days`."""
    if unit == "s" and not isinstance(value, str | bool) and value >= LONG:
        return ago(0, int(value * SECOND))
    return f"{number(value)} {unit}".strip()


LONG = 120  # seconds from which on nobody counts in seconds


def minutes(micros: int) -> str:
    """A length in whole minutes or hours: `20 min`, `3 h`."""
    whole = max(1, round(micros / MINUTE))
    return f"{whole} min" if whole < 120 else f"{round(whole / 60)} h"


def upper(text: str) -> str:
    """With a capital letter in front, and the rest as it is."""
    return text[:1].upper() + text[1:]


def short(text: str, most: int = 96) -> str:
    """The beginning of a text, cut between words."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0] + " …"
