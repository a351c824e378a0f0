"""The channel `voice` against Amazon's events: what lights up a speaker, and what every answer means."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from hub.clock import micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from hub.testing import FakeClock
from notifiers.voice.channel import Nudge, Skill
from simulators.alexa_events import Events

START = micros("2026-11-21T17:00:00Z")
ADA = "amzn1.ask.account.ADA"
HELLO = Envelope(
    "msg_1", ADA, "Ada, your heat pump is icing up.", "en", MessageClass.FIRST, START, brand="Somebody else"
)


class Turned(FakeClock):
    """A clock that both sides read."""

    def __init__(self) -> None:
        super().__init__(START)


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
async def amazon(clock: Turned) -> AsyncIterator[Events]:
    async with Events(clock) as amazon:  # type: ignore[arg-type]
        amazon.subscribed.add(ADA)
        yield amazon


@pytest.fixture
async def nudge(amazon: Events, clock: Turned) -> AsyncIterator[Nudge]:
    made = Nudge(skill(amazon), clock)
    yield made
    await made.close()


def skill(amazon: Events) -> Skill:
    return Skill(*amazon.client, "Nordwarm", api=amazon.api, login=amazon.login, timeout=2.0)


async def test_c4_a_speaker_is_told_that_there_is_a_message_and_nothing_of_what_it_says(
    nudge: Nudge, amazon: Events
) -> None:
    """C4 creator.name is the configured brand constant; a test forbids anything else."""
    assert await nudge.send(HELLO) == Accepted("msg~1")
    [taken] = amazon.taken
    assert amazon.wrong == []
    group = taken["event"]["payload"]["messageGroup"]
    assert group == {"creator": {"name": "Nordwarm"}, "count": 1, "urgency": "URGENT"}
    assert taken["relevantAudience"] == {"type": "Unicast", "payload": {"user": ADA}}
    said = json.dumps(taken)
    assert not any(word in said for word in ("heat pump", "Ada,", "Somebody else"))


@pytest.mark.parametrize(("relevant", "lives"), [(1, 300), (14_400, 14_400), (900_000, 86_400)])
async def test_c2_a_notice_lives_as_long_as_it_matters_within_what_amazon_takes(
    nudge: Nudge, amazon: Events, relevant: int, lives: int
) -> None:
    """C2 The body has the shape of section 4; expiryTime between +5 min and +24 h; Unicast only;
    referenceId stable for a fault state and within the allowed characters, so that a retry gives
    409, which counts as sent."""
    await nudge.send(replace(HELLO, relevant=relevant))
    assert amazon.wrong == []
    assert micros(amazon.taken[0]["expiryTime"]) == START + lives * 1_000_000


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Undeliverable("400")),
        (409, Accepted("msg~1")),
        (429, TryLater("429")),
        (432, Undeliverable("432")),
        (500, TryLater("500")),
        (503, TryLater("503")),
    ],
)
async def test_c3_what_amazon_says_decides_whether_the_hub_tries_again(
    nudge: Nudge, amazon: Events, status: int, outcome: object
) -> None:
    """C3 202 → accepted; 403 → not subscribed, fall back; 429/500 → back off with a cap; 432 → stop
    for that customer that day, fall back."""
    amazon.next_answers.append(status)
    assert await nudge.send(HELLO) == outcome


async def test_c3_a_person_who_wants_no_notices_is_reached_another_way(nudge: Nudge, amazon: Events) -> None:
    amazon.subscribed.clear()
    assert await nudge.send(HELLO) == Undeliverable("403", dead=True)
    assert len(amazon.tokens) == 2  # it might have been the token: a fresh one was tried once


async def test_a_token_that_amazon_no_longer_likes_is_renewed_once(nudge: Nudge, amazon: Events) -> None:
    await nudge.send(HELLO)
    amazon.forget_tokens()
    assert isinstance(await nudge.send(replace(HELLO, id="msg_2")), Accepted)
    assert len(amazon.tokens) == 1


async def test_c1_fifty_notices_at_once_ask_for_one_token(nudge: Nudge, amazon: Events) -> None:
    """C1 Token cached, refreshed before 3600 s, one refresh under 50 parallel sends."""
    notices = [replace(HELLO, id=f"msg_{number}") for number in range(50)]
    told = await asyncio.gather(*(nudge.send(each) for each in notices))
    assert all(isinstance(each, Accepted) for each in told)
    assert len(amazon.tokens) == 1


async def test_c1_a_token_is_renewed_before_its_hour_is_over(
    nudge: Nudge, amazon: Events, clock: Turned
) -> None:
    await nudge.send(HELLO)
    await clock.set(START + 3_500 * 1_000_000)
    await nudge.send(replace(HELLO, id="msg_2"))
    assert len(amazon.tokens) == 2


async def test_c2_a_connection_that_broke_after_taking_it_is_sent_again_and_lights_up_once(
    nudge: Nudge, amazon: Events
) -> None:
    amazon.next_answers.append(0)
    assert isinstance(await nudge.send(HELLO), InDoubt)
    assert await nudge.send(HELLO) == Accepted("msg~1")
    assert len(amazon.taken) == 1


async def test_wrong_credentials_are_for_the_operator(amazon: Events, clock: Turned) -> None:
    nudge = Nudge(replace(skill(amazon), client_secret="wrong"), clock)
    with capture_logs() as lines:
        assert await nudge.send(HELLO) == TryLater("login_401")
    assert [line["event"] for line in lines] == ["alexa_login_refused"]
    await nudge.close()


async def test_an_amazon_that_is_not_there_got_nothing(clock: Turned) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    nudge = Nudge(Skill("id", "secret", "Nordwarm", api=nowhere, login=f"{nowhere}/token"), clock)
    assert await nudge.send(HELLO) == TryLater("ConnectError")
    await nudge.close()


async def test_a_skill_in_development_uses_its_own_stage(amazon: Events, clock: Turned) -> None:
    nudge = Nudge(replace(skill(amazon), stage="development"), clock)
    assert isinstance(await nudge.send(HELLO), Accepted)
    assert amazon.stages == ["development"]
    await nudge.close()
