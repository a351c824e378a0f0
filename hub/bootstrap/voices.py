"""Speakers at home, as the settings set them up: the lines to Home Assistants, the ears beside them, and the channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from hub.bootstrap.sending import Around
from hub.bootstrap.shelf import Shelf
from hub.domain.customer import Channel
from hub.domain.satellite import PREFIX, place_of
from hub.loops import wyoming
from hub.loops.home_assistant import Access
from hub.loops.satellite_talk import Works
from hub.loops.satellites import Satellites, mapping
from hub.loops.wyoming import Ear, Listening
from hub.ports import BadInput, Notifier
from hub.settings import Settings
from hub.settings.slips import Problems
from hub.settings.voices import HomePart
from notifiers.voice.by_address import ByAddress
from voice_skills.home_assistant import HomeAssistantVoice
from voice_skills.wyoming import WyomingVoice


@dataclass(frozen=True, slots=True)
class Voices:
    """What speaks and listens in homes; nothing without homes. `mapped` are the satellites of the settings: place → customer."""

    satellites: Satellites | None
    listening: Listening
    ears: tuple[Ear, ...]
    mapped: Mapping[str, str]

    async def run(self) -> None:
        """Speak and listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(mapping(self.listening, self.mapped))
            if self.satellites is not None:
                group.create_task(self.satellites.run())
            if self.ears:
                group.create_task(wyoming.run(self.listening, self.ears))

    async def close(self) -> None:
        """End the talks."""
        if self.satellites is not None:
            await self.satellites.close()


def voices_of(settings: Settings, around: Around, shelf: Shelf) -> Voices:
    """The voices of all homes. Raises BadInput when a token's file cannot be read."""
    store, clock, ctx = around.store, around.clock, around.ctx
    common = {"brand": ctx.policy.brand, "phone": ctx.policy.phone, "name": ""}
    homes = settings.voices.homes
    mapped = {place_of(home.name, name): who for home in homes for name, who in home.satellites.items()}
    voice = HomeAssistantVoice(shelf.words, shelf.words.patterns, common)
    access = access_of(settings)
    satellites = Satellites(Works(store, clock, ctx, voice), access) if access else None
    ears = tuple(Ear(home.name, home.host, home.listen) for home in homes if home.listen)
    return Voices(satellites, Listening(store, clock, ctx, WyomingVoice(shelf.words, common)), ears, mapped)


def access_of(settings: Settings) -> list[Access]:
    """The Home Assistants that the hub speaks through. Raises BadInput when a token's file cannot be read."""
    problems, found = Problems(), []
    for number, home in enumerate(settings.voices.homes):
        with problems.kept():
            if home.url:
                found.append(Access(home.name, home.url, _token(home, number)))
    problems.told()
    return found


def with_voices(channels: Mapping[Channel, Notifier], voices: Voices) -> dict[Channel, Notifier]:
    """The channels, of which `voice` also speaks through satellites: which one, the address says."""
    if voices.satellites is None:
        return dict(channels)
    both = ByAddress({PREFIX: voices.satellites}, channels.get(Channel.VOICE))
    return {**channels, Channel.VOICE: both}


def _token(home: HomePart, number: int) -> str:
    if home.token_file is None:
        return home.token
    try:
        return home.token_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        place = f"voices.homes[{number}].token_file"
        raise BadInput(
            place,
            f"it cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}",
            "Check path and rights.",
        ) from None
