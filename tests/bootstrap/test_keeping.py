"""A hub that comes back from a backup: paused, nothing owed, and deaf to nobody who said STOP while it was gone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.bootstrap.keeping import back_up, hear_since, restore_from
from hub.clock import SECOND, fast_clock
from hub.domain.asked import Mode, Switches
from hub.domain.contact import MessageStatus
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, Moment, UserId
from hub.flow.switching import pause
from hub.log.sqlite import SqliteLog
from hub.ports import BadInput
from hub.settings import PaperPart, Settings, SmsPart, StorePart
from hub.store import SqlStore, open_store
from hub.store.dump import quietly
from hub.testing import SATURDAY_EVENING
from simulators.carrier import Carrier
from tests.flow.home import ADA, BEN, NUMBERS, Home

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed in:DeprecationWarning")
SECRET = "a key that is long enough"
BY = UserId("mia")
STRANGER = "+46701740699"


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    """A carrier whose clock stands ten minutes after the backup."""
    async with Carrier(fast_clock(SATURDAY_EVENING + 600 * SECOND, rate=1), opt_out="hub") as made:
        made.inbound_url = "http://127.0.0.1:9/the-hub-is-dead"
        yield made


def settings(folder: Path, name: str, carrier: Carrier | None) -> Settings:
    """A hub on a SQLite file of its own, with its account at the carrier."""
    sms = SmsPart()
    if carrier is not None:
        sms = SmsPart(
            account_sid=carrier.account.sid,
            auth_token=carrier.account.token,
            messaging_service=carrier.account.service_sid,
            base_url=carrier.url,
        )
    return Settings(
        store=StorePart(dsn=f"sqlite:///{folder}/{name}.db", secret=SECRET),
        sms=sms,
        paper=PaperPart(file=folder / "paper.txt"),
        clock=str(fast_clock(SATURDAY_EVENING, rate=0.001)),
    )


async def lived_in(where: Settings, folder: Path) -> None:
    """Ada is being told about her pump; the message waits in the outbox."""
    store = await open_store(where.store.dsn, SECRET)
    log = SqliteLog(folder / "log", fast_clock(SATURDAY_EVENING, rate=1), 2)
    home = Home(store, log)  # type: ignore[arg-type]
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")
    await log.close()
    await store.close()


async def texts(carrier: Carrier, *said: tuple[str, str]) -> None:
    """People write while the hub is dead: nobody takes it, the carrier keeps it."""
    for phone, body in said:
        await carrier.text_from(phone, body)


async def opened(where: Settings) -> SqlStore:
    return await open_store(where.store.dsn, SECRET)


async def test_who_said_stop_while_the_hub_was_dead_is_suppressed_before_anybody_is_contacted(
    carrier: Carrier, tmp_path: Path
) -> None:
    old, new = settings(tmp_path, "old", carrier), settings(tmp_path, "new", carrier)
    await lived_in(old, tmp_path)
    await back_up(old, tmp_path / "hub.backup", quietly)
    await texts(
        carrier, (NUMBERS[ADA], "Stop."), (NUMBERS[BEN], "STOP"), (NUMBERS[BEN], "START"), (STRANGER, "hello")
    )
    told = await restore_from(new, tmp_path / "hub.backup", None, quietly)
    assert told.caught
    assert "4 texts" in told.words
    assert "2 STOP, 1 START" in told.words
    store = await opened(new)
    async with store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None
        assert await tx.people.suppressed(BEN) is None
        switches = await tx.house.switches()
        assert (switches.paused, switches.unheard_since) == (True, None)
        assert switches.mode is Mode.LIVE
        assert not [
            row for state in ("queued", "sending", "in_doubt") for row in await tx.outbox.page(state, 9)
        ]
    async with store.transaction() as tx:
        await pause(tx, BY, False, "", Moment(SATURDAY_EVENING))
    await store.close()


async def test_what_was_waiting_in_the_backup_is_set_aside(carrier: Carrier, tmp_path: Path) -> None:
    old, new = settings(tmp_path, "old", carrier), settings(tmp_path, "new", carrier)
    await lived_in(old, tmp_path)
    store = await opened(old)
    async with store.transaction() as tx:
        owed = [row for state in ("queued", "sending", "done") for row in await tx.outbox.page(state, 9)]
        await tx.outbox.settle(owed[0].id, "queued", due=Moment(SATURDAY_EVENING))
    await store.close()
    await back_up(old, tmp_path / "hub.backup", quietly)
    told = await restore_from(new, tmp_path / "hub.backup", None, quietly)
    assert (told.messages, told.commands) == (1, 0)
    store = await opened(new)
    async with store.reading() as tx:
        message = await tx.messages.get(owed[0].item.id)  # type: ignore[arg-type]
        assert message is not None
        assert message.status is MessageStatus.EXPIRED
    await store.close()


async def test_contacts_cannot_be_resumed_before_the_carrier_has_been_read(
    carrier: Carrier, tmp_path: Path
) -> None:
    old, new = settings(tmp_path, "old", carrier), settings(tmp_path, "new", carrier)
    await lived_in(old, tmp_path)
    await back_up(old, tmp_path / "hub.backup", quietly)
    await texts(carrier, (NUMBERS[ADA], "stop"))
    await carrier.stop()
    told = await restore_from(new, tmp_path / "hub.backup", None, quietly)
    assert not told.caught
    store = await opened(new)
    with pytest.raises(BadInput, match="has not been heard yet"):
        async with store.transaction() as tx:
            await pause(tx, BY, False, "", Moment(SATURDAY_EVENING))
    async with store.reading() as tx:
        assert (await tx.house.switches()).paused
    await store.close()
    with pytest.raises(BadInput, match="could not be read"):
        await hear_since(new)
    await carrier.start()
    again = settings(tmp_path, "new", carrier)
    assert "1 STOP" in await hear_since(again)
    assert "Nothing is unheard" in await hear_since(again)
    store = await opened(new)
    async with store.transaction() as tx:
        assert await tx.people.suppressed(ADA) is not None
        assert not (await pause(tx, BY, False, "", Moment(SATURDAY_EVENING))).paused
    await store.close()


async def test_a_hub_without_a_carrier_has_nothing_to_catch_up_with(tmp_path: Path) -> None:
    old, new = settings(tmp_path, "old", None), settings(tmp_path, "new", None)
    await lived_in(old, tmp_path)
    await back_up(old, tmp_path / "hub.backup", quietly)
    told = await restore_from(new, tmp_path / "hub.backup", None, quietly)
    assert told.caught
    store = await opened(new)
    async with store.reading() as tx:
        assert (await tx.people.address(AddressId("ada-sms"))).channel is Channel.SMS  # type: ignore[union-attr]
        switches = await tx.house.switches()
        assert switches == Switches(
            Mode.LIVE, True, "restored from the backup of 2026-11-21T17:00:00Z", Moment(SATURDAY_EVENING)
        )
    await store.close()
