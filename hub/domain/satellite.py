"""Satellites: speakers with a microphone that the hub itself may talk through. How one is named, and what may be said first.

A satellite stands in a shared room: its first words name neither a person nor a device nor a fault. Phrase keys only.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.contact import MessageClass, Phrase

PREFIX = "ha:"
"""What the address of a satellite begins with; all other addresses of speakers are accounts at Amazon."""
_FIRST = {
    MessageClass.FIRST: "greeting.shared",
    MessageClass.REMINDER: "greeting.shared",
    MessageClass.SAFETY: "greeting.urgent",
    MessageClass.RECOVERY: "speaker.recovered",
}


def place_of(home: str, entity: str) -> str:
    """A satellite's name: the home it stands in, and what it is called there."""
    return f"{home}/{entity}"


def address_of(place: str) -> str:
    """The address of a satellite."""
    return PREFIX + place


def parse(address: str) -> tuple[str, str] | None:
    """Home and entity of a satellite's address; None for any other address."""
    home, _, entity = address.removeprefix(PREFIX).partition("/")
    return (home, entity) if address.startswith(PREFIX) and home and entity else None


def at_satellite(kind: MessageClass, phrases: Sequence[Phrase], near: bool) -> tuple[Phrase, ...]:
    """What a message of class `kind` is on a satellite: a question whether we may speak, or nothing but that there is news.
    Who is in the middle of a talk, and is still `near`, hears the words themselves."""
    if not phrases:
        return ()
    if kind is MessageClass.TURN or (near and kind is MessageClass.RECOVERY):
        return tuple(each for each in phrases if each.key not in ("choice.zero", "frame.stop"))
    return (Phrase(_FIRST.get(kind, "speaker.news")),)
