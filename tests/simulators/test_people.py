"""People of the simulated world: what they are told by text is all they know, and what they do is data."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from hub.clock import SECOND, fast_clock, micros
from simulators.carrier import Carrier
from simulators.devices import HeatPump
from simulators.people import People, person, personas
from simulators.served import Served
from simulators.written import BadWriting, parse, span

START = micros("2026-11-21T17:00:00Z")
MENU = "Nordwarm: Ada, your heat pump is icing up. Reply 1 for what to do indoors, 2 and we call you."
ADVICE = "Push loose snow or leaves aside with your hands in gloves. Is the outlet free now? 1 done, 2 I would rather not"


@pytest.fixture
def clock():
    return fast_clock(START, 3600)


@pytest.fixture
async def carrier(clock):
    async def heard(_):
        return Response("<Response/>", media_type="text/xml")

    async with (
        Carrier(clock) as running,
        Served(Starlette(routes=[Route("/sms", heard, methods=["POST"])])) as hub,
    ):
        running.inbound_url = f"{hub.url}/sms"
        yield running


async def text(carrier, phone: str, body: str) -> None:
    account = carrier.account
    async with httpx.AsyncClient(auth=(account.sid, account.token), trust_env=False) as client:
        url = f"{carrier.url}/2010-04-01/Accounts/{account.sid}/Messages.json"
        answer = await client.post(url, data={"To": phone, "From": account.number, "Body": body})
        assert answer.status_code == 201


async def test_ada_answers_and_clears_the_snow_when_she_is_told_to(carrier, clock):
    pump = HeatPump("hp-ada")
    pump.stick_defrost()
    known = personas()
    async with People(clock, carrier, known.values(), {"clear_snow": pump.clear_snow}) as people:
        await text(carrier, known["ada"].phone, MENU)
        await people.until(lambda it: len(it.deeds) == 1)
        asked = carrier.messages[0].history[-1][0]
        assert 40 * SECOND <= people.deeds[0].at - asked < 300 * SECOND
        assert pump.blocked
        await text(carrier, known["ada"].phone, ADVICE)
        await people.until(lambda it: len(it.deeds) == 3)
    assert [(deed.who, deed.kind, deed.what) for deed in people.deeds] == [
        ("ada", "said", "1"),
        ("ada", "did", "clear_snow"),
        ("ada", "said", "1"),
    ]
    assert not pump.blocked
    assert people.deeds[-1].answered == 200


async def test_cleo_says_stop_once_and_ben_says_nothing(carrier, clock):
    known = personas()
    async with People(clock, carrier, known.values(), {"clear_snow": lambda: None}) as people:
        await text(carrier, known["ben"].phone, MENU)
        await text(carrier, known["cleo"].phone, MENU)
        await people.until(lambda it: len(it.deeds) == 1)
        await carrier.heard(known["cleo"].phone, "unsubscribed")
        await carrier.heard(known["ben"].phone, "icing up")
        assert [(deed.who, deed.what) for deed in people.deeds] == [("cleo", "STOP")]
    assert carrier.opted_out == {known["cleo"].phone}


async def test_somebody_may_speak_first_and_act_in_an_awaited_way(carrier, clock):
    done = []

    async def close_door() -> None:
        done.append("closed")

    async with People(clock, carrier, [personas()["ben"]], {"close_door": close_door}) as people:
        said = await people.say("ben", "Hallo?")
        await people.do("ben", "close_door")
    assert (said.answered, done, carrier.messages[0].body) == (200, ["closed"], "Hallo?")


def test_a_habit_that_nobody_can_follow_is_refused_at_once(clock):
    with pytest.raises(BadWriting, match="ada cannot 'clear_snow'; possible are close_door"):
        People(clock, Carrier(clock), personas().values(), {"close_door": lambda: None})


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("hobbies: []", "unknown 'hobbies'; known are habits, language"),
        ("role: neighbour", "role is customer or agent"),
        ("habits: [{on: a}]", "ada, habit 1: needs do or say"),
        ("habits: [{on: (, say: x}]", "on must be a regular expression"),
        ("habits: [{on: a, say: x, after: soon}]", "a span of time is written like 40s"),
        ("habits: [{on: a, say: x, times: often}]", "times is a number or always"),
        ("name: A\nname: B", "line 2: 'name' is written twice"),
        ("- a", "must hold names with values"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_person_written_wrong_is_an_error_that_says_where(written, complaint):
    with pytest.raises(BadWriting, match=re.escape(complaint)):
        person("ada", parse(written))


def test_words_stay_words_in_what_is_written():
    assert parse("on: no\nat: 12:30\nn: 7\nx: 1.5\nt: true\nz: ~") == {
        **{"on": "no", "at": "12:30", "n": 7, "x": 1.5, "t": True, "z": None},
    }
    assert span("1h30m") == 5400 * SECOND
