"""What every channel promises, whatever it is made of: one suite, run on all of them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.ports import Accepted, InDoubt, TryLater
from notifiers import NOTIFIERS
from tests.contracts.channels import WORLDS, World

SECRETS = re.compile(
    r"\+?46701740605|ada@home|account\.ADA|icing up|simulated-(auth-token|client-secret)|Atc\||Nordwarm"
)


@pytest.fixture(params=[*WORLDS])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with WORLDS[request.param](tmp_path) as world:
        yield world


async def test_a_message_leaves_once_and_the_channel_says_what_it_is_called(world: World) -> None:
    outcome = await world.notifier.send(world.hello)
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    assert world.sent() == 1


async def test_a_message_that_left_is_found_or_nobody_can_tell(world: World) -> None:
    sent = await world.notifier.send(world.hello)
    found = await world.notifier.find(world.hello)
    if world.notifier.in_doubt != "find":
        assert isinstance(found, InDoubt)
    else:
        assert found == sent or isinstance(found, InDoubt)


async def test_a_message_that_never_left_is_proven_absent_where_that_can_be_told(world: World) -> None:
    await world.notifier.send(world.hello)
    found = await world.notifier.find(world.other)
    assert found is None if world.notifier.in_doubt == "find" else isinstance(found, InDoubt)


async def test_a_message_that_is_sent_again_in_doubt_reaches_nobody_twice(world: World) -> None:
    if world.notifier.in_doubt != "resend":
        return
    first = await world.notifier.send(world.hello)
    assert await world.notifier.send(world.hello) == first
    assert world.sent() == 1


async def test_a_world_that_is_out_of_order_is_tried_later_and_nothing_leaves(world: World) -> None:
    world.breaks()
    outcome = await world.notifier.send(world.hello)
    assert isinstance(outcome, TryLater)
    assert world.sent() == 0


async def test_no_outcome_and_no_log_line_repeats_a_number_a_text_or_a_token(world: World) -> None:
    with capture_logs() as lines:
        told = [await world.notifier.send(world.hello), await world.notifier.find(world.hello)]
        world.breaks()
        told += [await world.notifier.send(world.other), await world.notifier.find(world.other)]
    for said in (*told, *lines, world.notifier):
        assert not SECRETS.search(f"{said!r} {said}".replace("msg_", ""))


async def test_a_channel_says_what_it_is_and_what_to_do_in_doubt(world: World) -> None:
    assert world.notifier.channel in NOTIFIERS
    assert world.notifier.in_doubt in {"find", "park", "resend"}


async def test_two_messages_at_once_both_leave(world: World) -> None:
    assert isinstance(await world.notifier.send(world.hello), Accepted)
    assert isinstance(await world.notifier.send(world.other), Accepted)
    assert world.sent() == 2


def test_the_table_names_every_folder_and_nothing_else() -> None:
    folders = {path.parent.name for path in (Path(__file__).parents[2] / "notifiers").glob("*/channel.py")}
    assert folders == {channel.value for channel in NOTIFIERS}
