"""Errands of a whole hub towards the outside, besides messages: events for the maker's own systems, and the carrier's daily
list of numbers that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from hub.bootstrap.channels import sms_account
from hub.domain.announcing import ALL, wanted
from hub.domain.ids import Moment
from hub.flow.numbers import bury_numbers
from hub.loops import announce
from hub.loops.sweep import Chore
from hub.ports import BadInput, Clock, Store
from hub.settings import Settings
from hub.settings.channels import WebhooksPart
from hub.settings.slips import Problems, nearest
from notifiers.sms.deactivated import Unlisted, given_up
from notifiers.webhooks.delivery import Delivery

DAILY = 86_400.0
MARK = "numbers given up"

log = structlog.get_logger(__name__)


def delivery_of(settings: Settings, clock: Clock) -> Delivery | None:
    """The way to the maker's own system; None when there is none. Raises BadInput on settings that cannot work."""
    part = settings.webhooks
    if not part.url:
        return None
    problems, delivery = Problems(), None
    for number, name in enumerate(part.events):
        with problems.kept():
            if not any(wanted(known, (name,)) or wanted(name, (known,)) for known in ALL):
                remedy = nearest(name, ALL) or f"There are: {', '.join(ALL)}."
                raise BadInput(f"webhooks.events[{number}]", "there is no such event", remedy)
    with problems.kept():
        delivery = _signed(part, clock)
    problems.told()
    return delivery


def _signed(part: WebhooksPart, clock: Clock) -> Delivery:
    if not part.secrets:
        raise BadInput("webhooks.secrets", "there is none", "Name a whsec_… that your system knows.")
    try:
        return Delivery(part.url, part.secrets, clock)
    except ValueError as error:
        raise BadInput("webhooks.secrets", str(error), "Make one with: openssl rand -base64 24") from None


async def announcing(settings: Settings, store: Store, clock: Clock) -> None:
    """Announce until cancelled; returns at once when nobody is to be told."""
    delivery = delivery_of(settings, clock)
    if delivery is None:
        return
    part = settings.webhooks
    try:
        await announce.run(announce.Announcer(store, clock, delivery, part.events, part.give_up))
    finally:
        await delivery.close()


def errands_of(settings: Settings, store: Store, clock: Clock) -> Sequence[Chore]:
    """The chores among them."""
    account = sms_account(settings)
    if account is None or not settings.sms.deactivations:
        return ()

    async def give_up_numbers() -> None:
        """The newest list that is not read yet; a day that could not be read is read the next time."""
        day = (datetime.fromtimestamp(clock.now() / 1_000_000, UTC) - timedelta(days=2)).date()
        async with store.reading() as tx:
            if await tx.house.mark(MARK) == day.isoformat():
                return
        try:
            numbers = await given_up(account, day)
        except Unlisted as error:
            log.warning("numbers_unread", code=str(error))
            return
        buried = await bury_numbers(store, numbers, Moment(clock.now()))
        async with store.transaction() as tx:
            await tx.house.set_mark(MARK, day.isoformat())
        log.info("numbers_given_up", listed=len(numbers), ours=buried)

    return (Chore("numbers", DAILY / 4, give_up_numbers),)
