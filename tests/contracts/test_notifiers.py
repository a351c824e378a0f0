"""What every channel promises, whatever it is made of: one suite, run on all of them."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, Notifier, TryLater
from hub.testing import FakeClock
from notifiers import NOTIFIERS
from notifiers.paper.channel import Paper
from notifiers.sms.channel import Account, Sms
from simulators.carrier import Carrier
from tests.contracts.push_worlds import SCHEMES, push_world

START = micros("2026-11-21T17:00:00Z")
ADA = "+46701740605"
HELLO = Envelope(
    id="msg_0001",
    to=ADA,
    text="Nordwarm: Ada, your heat pump is icing up. Reply 1 or 2. STOP ends.",
    language="en",
    kind=MessageClass.FIRST,
    created=START,
)
SECRETS = re.compile(
    r"\+?46701740605|icing up|simulated-|Nordwarm|/send/|phone-of-ada|app-user|topic-of|adas_phone|adadad|ya29|whsec|tk_"
)
NOBODY_CAN_TELL = InDoubt("cannot_be_asked")  # of a channel that has no way to ask for a message


class World:
    """A channel, and a way to count what really left."""

    def __init__(self, notifier: Notifier, sent: Any, breaks: Any, to: str = ADA) -> None:
        self.notifier, self.sent, self.breaks = notifier, sent, breaks
        self.hello = replace(HELLO, to=to)


@pytest.fixture(params=["paper", "sms", *(f"push:{scheme}" for scheme in SCHEMES)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    if request.param.startswith("push:"):
        async with push_world(request.param.removeprefix("push:"), FakeClock(START)) as made:
            yield World(made.push, made.arrived, made.breaks, made.to)
        return
    if request.param == "paper":
        file = tmp_path / "sent" / "paper.jsonl"
        file.parent.mkdir()
        paper = Paper(io.StringIO(), file)
        yield World(
            paper,
            lambda: file.read_text().count("msg_") if file.exists() else 0,
            lambda: file.parent.rename(tmp_path / "gone"),
        )
        await paper.close()
        return
    async with Carrier(fast_clock(START, 60)) as carrier:
        account = carrier.account
        sms = Sms(Account(account.sid, account.token, account.number, "http://127.0.0.1:9", carrier.url))
        yield World(
            sms,
            lambda: len(carrier.created()),
            lambda: carrier.misbehave("busy", times=None),
        )
        await sms.close()


async def test_a_message_leaves_once_and_the_channel_says_what_it_is_called(world: World) -> None:
    outcome = await world.notifier.send(world.hello)
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    assert world.sent() == 1


async def test_a_message_that_left_is_found(world: World) -> None:
    sent = await world.notifier.send(world.hello)
    assert await world.notifier.find(world.hello) == (
        sent if world.notifier.in_doubt == "find" else NOBODY_CAN_TELL
    )


async def test_a_message_that_never_left_is_proven_absent(world: World) -> None:
    if world.notifier.in_doubt != "find":
        assert await world.notifier.find(world.hello) == NOBODY_CAN_TELL
        return
    assert await world.notifier.find(world.hello) is None
    await world.notifier.send(world.hello)
    assert (
        await world.notifier.find(replace(world.hello, id="msg_0002", text="Another text. STOP ends."))
        is None
    )


async def test_a_world_that_is_out_of_order_is_tried_later_and_nothing_leaves(world: World) -> None:
    world.breaks()
    outcome = await world.notifier.send(world.hello)
    assert isinstance(outcome, TryLater)
    assert world.sent() == 0


async def test_no_outcome_and_no_log_line_repeats_a_number_a_text_or_a_token(world: World) -> None:
    with capture_logs() as lines:
        told = [await world.notifier.send(world.hello), await world.notifier.find(world.hello)]
        world.breaks()
        told += [await world.notifier.send(world.hello), await world.notifier.find(world.hello)]
    for said in (*told, *lines, world.notifier):
        assert not SECRETS.search(f"{said!r} {said}")


async def test_a_channel_says_what_it_is_and_what_to_do_in_doubt(world: World) -> None:
    assert world.notifier.channel in NOTIFIERS
    assert world.notifier.in_doubt in {"find", "park", "resend"}


async def test_two_messages_at_once_both_leave(world: World) -> None:
    other = replace(world.hello, id="msg_0002", text="Ben, your fridge is warm. STOP ends.")
    assert isinstance(await world.notifier.send(world.hello), Accepted)
    assert isinstance(await world.notifier.send(other), Accepted)
    assert world.sent() == 2


def test_the_table_names_every_folder_and_nothing_else() -> None:
    folders = {path.parent.name for path in (Path(__file__).parents[2] / "notifiers").glob("*/channel.py")}
    assert folders == {channel.value for channel in NOTIFIERS}
