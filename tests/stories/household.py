"""One household for the stories: Ada's pump, fridge and router under one roof, Ben who lives with her, and her neighbour."""

from __future__ import annotations

from hub.domain.contact import Direction
from hub.domain.customer import CustomerId
from hub.domain.device import Placement
from hub.domain.ids import Moment, SiteId
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import BEN, CLEO, FRIDGE, ROUTER, Street, street

KIEL = SiteId("kiel")


async def household(store: MemoryStore, clock: FakeClock, policy: Policy | None = None) -> Street:
    """The street, with all three devices at Ada's."""
    here = await street(store, clock, policy)
    async with store.transaction() as tx:
        for device in (FRIDGE, ROUTER):
            await tx.devices.place(Placement(device, KIEL, Moment(here.now - 1)))
    return here


async def joins(here: Street, who: CustomerId, role: Role) -> None:
    """Somebody becomes a part of Ada's household."""
    async with here.store.transaction() as tx:
        await tx.people.put_residence(Residence(KIEL, who, role, Moment(here.now - 1)))


async def ben_moves_in(here: Street) -> None:
    await joins(here, BEN, Role.OCCUPANT)


async def cleo_has_a_key(here: Street) -> None:
    await joins(here, CLEO, Role.SECOND_CONTACT)


async def transcript(here: Street) -> list[str]:
    """What was said and heard, as a story that reads aloud."""
    lines: list[tuple[int, str]] = []
    seen: set[str] = set()
    for change in here.raised.values():
        case = await here.case_of(change)
        for message in await here.thread(case.id) if case else ():
            if message.id in seen or not (message.text or message.direction is Direction.IN):
                continue
            seen.add(message.id)
            arrow = "→" if message.direction is Direction.OUT else "←"
            lines.append((message.at, f"{arrow} {message.customer}: {message.text}"))
    return [line for _, line in sorted(lines, key=lambda each: each[0])]
