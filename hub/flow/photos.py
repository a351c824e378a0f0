"""Photos that people send about a case: kept beside it, shown to whoever looks after it, and told in the thread."""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.conversation import Heard, Turn
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.ids import Moment, derive
from hub.flow.context import Context
from hub.flow.thread import write_heard
from hub.flow.visit import Visit
from hub.ports import Tx
from hub.ports.pages import PageVisit, Photo

MOST = 10  # photos of one case


async def take_photo(
    tx: Tx, visit: PageVisit, picture: tuple[str, bytes], words: Turn, at: tuple[Moment, Context]
) -> bool:
    """Keep a photo (media type, bytes); `words` is how the thread tells it. False when there are enough. The same photo sent
    again is one photo."""
    kind, data = picture
    now, ctx = at
    there = await tx.pages.photos(visit.case)
    name = derive("photo", visit.case, tx.people.sign("photo", data.hex()))
    if any(each.id == name for each in there):
        return True
    if len(there) >= MOST:
        return False
    await tx.pages.add_photo(Photo(name, visit.case, visit.customer, kind, len(data), now), data)
    await write_heard(Visit(tx, visit.customer, None, words, now, ctx), visit.case)
    case = await tx.cases.get(visit.case)
    device = case.device if case is not None else None
    await tx.facts.add(
        Note(visit.case, device, "case.photo", Because.CUSTOMER_ANSWERED, {"photo": name}), now
    )
    return True


def told_as(key: str, words: str, language: str) -> Turn:
    """How the thread tells that a photo came."""
    return Turn(Heard.TEXT, Channel.PAGE, f"{key}:photo", words, language=language)
