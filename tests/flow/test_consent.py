"""STOP, START, YES, wrong numbers, strangers and choices, told as what happens to Ada, Cleo and people nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.reading import DAY, HOUR
from hub.domain.because import Because
from hub.domain.customer import Basis, BasisKind, Channel, Health, Purpose, QuietHours
from hub.domain.events import MessageHeard
from hub.domain.ids import CustomerId, Moment
from hub.domain.site import Role
from hub.flow.consent import take_in
from hub.flow.consent_choices import By, Scope, choose, grant, revoke
from hub.flow.consent_why import why
from hub.ports import BadInput
from tests.flow.home import ADA, BEN, NUMBERS, Home

SMS = Channel.SMS


async def stopped(home: Home, who: CustomerId = ADA, channel: Channel | None = None) -> bool:
    async with home.store.reading() as tx:
        return await tx.people.suppressed(who, channel) is not None


async def stranger_writes(home: Home, text: str, number: str = "+4915550999000") -> list[str]:
    """As the carrier's hook does it."""
    home.count += 1
    async with home.store.transaction() as tx:
        address = await tx.people.find_address(SMS, number)
        address = address or await take_in(tx, (SMS, number), text, home.ctx)
    who = address.customer if address else CustomerId("")
    before = len(await home.texts(who))
    event = MessageHeard("sms", f"S{home.count}", address.id if address else "", who, text)
    await home.happens(f"stranger:{number}", event)
    return (await home.texts(who))[before:]


def by(home: Home, who: str = "customer", how: str = "page") -> By:
    return By(who, how, home.now)


async def test_stop_is_confirmed_once_and_only_once(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    assert len(await home.writes("STOP")) == 1
    for again in ("STOP", "stop!!", "arrêt", "please stop texting me", "停止"):
        assert await home.writes(again) == []
    assert await stopped(home)


async def test_a_stop_in_her_own_words_counts_at_once_and_somebody_reads_it_again(home: Home) -> None:
    await home.writes("please stop texting me")
    assert await stopped(home)
    async with home.store.transaction() as tx:
        [review] = await tx.people.reviews(9)
        assert (review.customer, review.message) == (ADA, "SM1")
        assert await tx.people.settle_review(review.seq, "dag", home.now)
        assert not await tx.people.settle_review(review.seq, "dag", home.now)
        assert await tx.people.reviews(9) == []


async def test_a_plain_stop_is_nothing_to_read_again(home: Home) -> None:
    await home.writes("Stop, please!")
    async with home.store.reading() as tx:
        assert await tx.people.reviews(9) == []


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
async def test_after_stop_start_and_yes_bring_her_back(home: Home, word: str) -> None:
    await home.writes("STOP")
    [said] = await home.writes(word)
    assert "Reply STOP to end" in said
    assert not await stopped(home)
    async with home.store.reading() as tx:
        newest = (await tx.people.bases(ADA))[-1]
    assert (newest.kind, newest.who) == (BasisKind.CONSENT, "customer")


async def test_yes_is_no_start_for_somebody_who_never_stopped(home: Home) -> None:
    await home.writes("yes")
    async with home.store.reading() as tx:
        assert [line.kind for line in await tx.people.bases(ADA)] == [BasisKind.CONTRACT]


async def test_yes_to_an_open_question_does_not_undo_the_stop_of_another_day(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("STOP")
    async with home.store.transaction() as tx:
        await tx.messages.ask(f"{ADA}-sms", case, home.now)  # type: ignore[arg-type]
    await home.writes("yes")
    assert await stopped(home)


async def test_with_revoke_all_off_a_stop_ends_the_channel_it_came_from(home: Home) -> None:
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, revoke_all=False))
    async with home.store.transaction() as tx:
        await tx.people.add_basis(Basis(ADA, Purpose.SERVICE, Channel.EMAIL, BasisKind.CONSENT, Moment(1)))
    await home.writes("STOP")
    assert await stopped(home, channel=SMS)
    assert not await stopped(home, channel=Channel.EMAIL)
    async with home.store.reading() as tx:
        newest = {line.channel: line.kind for line in await tx.people.bases(ADA)}
    assert newest == {SMS: BasisKind.WITHDRAWN, Channel.EMAIL: BasisKind.CONSENT}
    await home.writes("START")
    assert not await stopped(home, channel=SMS)


async def test_a_wrong_number_is_not_used_again(home: Home) -> None:
    assert await home.writes("wrong number") == []
    async with home.store.reading() as tx:
        address = await tx.people.find_address(SMS, NUMBERS[ADA])
        assert address is not None and address.health is Health.SUSPENDED


async def test_a_stranger_can_stop_their_number_and_is_answered_once(home: Home) -> None:
    assert len(await stranger_writes(home, "STOP")) == 1
    assert await stranger_writes(home, "STOP") == []
    async with home.store.reading() as tx:
        assert await tx.people.suppressed_value("+4915550999000") is not None
    assert len(await stranger_writes(home, "START")) == 1
    for word in ("START", "STOP", "START"):
        assert await stranger_writes(home, word) == []
    async with home.store.reading() as tx:
        assert await tx.people.suppressed_value("+4915550999000") is None


STRANGERS = {
    "please stop texting me": "START to hear", "No more messages please": "START to hear", "S T O P": "START to hear",
    "nehmen Sie mich bitte aus dem Verteiler": "Mit START", "lass mich in ruhe": "Mit START",
    "hör auf mir zu schreiben": "Mit START", "¡déjenme en paz!": "Responda START", "别再发短信了": "回复 START",
}  # fmt: skip


@pytest.mark.parametrize("words", STRANGERS)
async def test_a_stranger_stops_their_number_in_their_own_words_and_somebody_reads_them(
    home: Home, words: str
) -> None:
    [said] = await stranger_writes(home, words)
    assert STRANGERS[words] in said
    assert await stranger_writes(home, words) == []
    async with home.store.transaction() as tx:
        assert await tx.people.suppressed_value("+4915550999000") is not None
        reviews = await tx.people.reviews(9)
        assert [each.message for each in reviews] == ["S1"]


async def test_a_stranger_who_says_start_is_promised_no_news_of_devices_that_we_do_not_know(
    home: Home,
) -> None:
    await stranger_writes(home, "STOP")
    [said] = await stranger_writes(home, "START")
    assert "We know of no device of yours" in said


async def test_a_stranger_who_says_something_else_leaves_no_trace_and_gets_no_answer(home: Home) -> None:
    assert await stranger_writes(home, "hello?") == []
    async with home.store.reading() as tx:
        assert await tx.people.find_address(SMS, "+4915550999000") is None
    await stranger_writes(home, "HILFE")
    assert await stranger_writes(home, "hello?") == []


async def test_the_number_of_a_stranger_who_stopped_stays_stopped_when_it_is_imported(home: Home) -> None:
    await stranger_writes(home, "STOPP", NUMBERS[BEN].replace("5", "6", 1))
    async with home.store.transaction() as tx:
        ada = await tx.people.find_address(SMS, NUMBERS[ADA])
        assert ada is not None
        await tx.people.put_address(replace(ada, value=NUMBERS[BEN].replace("5", "6", 1)))
    assert await stopped(home)


async def test_choices_are_kept_line_by_line_and_the_newest_counts(home: Home) -> None:
    async with home.store.transaction() as tx:
        await choose(tx, ADA, {"channels_off": ["sms"], "quiet": [1200, 540]}, by(home))
        chosen = await choose(tx, ADA, {"channels_off": [], "wake_me": True}, by(home, "dag", "phone"))
        assert chosen.channels_off == ()
        person = await tx.people.customer(ADA)
        assert person is not None
        assert (person.quiet, person.wake_me) == (QuietHours(1200, 540), True)
        assert await tx.people.name(ADA) == "Ada Berg"
        lines = await tx.people.choices(ADA)
    assert [(line.item, line.value, line.who, line.how) for line in lines] == [
        ("channels_off", ["sms"], "customer", "page"),
        ("quiet", [1200, 540], "customer", "page"),
        ("channels_off", [], "dag", "phone"),
        ("wake_me", True, "dag", "phone"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "blue"}, {"channels_off": "sms"}, {"channels_off": ["pigeon"]}, {"wake_me": "yes"},
        {"zone": "Europe/Nowhere"}, {"language": "English!"}, {"quiet": [1440, 0]}, {"quiet": [1]},
        {"snoozed_until": -1}, {"snoozed_until": 4_000_000_000_000_000}, {"second": "nobody"}, {"second": "ada"},
    ],
)  # fmt: skip
async def test_nonsense_is_refused_in_words_and_nothing_is_kept(home: Home, wrong: dict[str, object]) -> None:
    async with home.store.transaction() as tx:
        with pytest.raises(BadInput):
            await choose(tx, ADA, {"wake_me": True, **wrong}, by(home))
        assert await tx.people.choices(ADA) == []


async def test_who_switched_texts_off_gets_none_and_an_agent_hears_of_it(home: Home) -> None:
    async with home.store.transaction() as tx:
        for who in (ADA, BEN):
            await choose(tx, who, {"channels_off": ["sms"]}, by(home))
    case = await home.fails("hp-1", "icing-up")
    assert await home.texts() == []
    assert (await home.case(case)).needs_agent is Because.CANNOT_BE_CONTACTED


async def test_who_snoozes_hears_of_it_when_the_peace_is_over(home: Home) -> None:
    async with home.store.transaction() as tx:
        for who in (ADA, BEN):
            await choose(tx, who, {"snoozed_until": home.now + HOUR}, by(home))
    await home.fails("hp-1", "icing-up")
    assert await home.texts() == []
    await home.wakes(70)
    assert len(await home.texts()) == 1


async def test_a_second_contact_belongs_to_the_home_until_another_is_named(home: Home) -> None:
    async with home.store.transaction() as tx:
        await choose(tx, ADA, {"second": BEN}, by(home))
        there = await tx.people.residents("home", home.now)  # type: ignore[arg-type]
        assert (BEN, Role.SECOND_CONTACT) in {(one.customer, one.role) for one in there}
        await choose(tx, ADA, {"second": ""}, replace(by(home), now=Moment(home.now + 1)))
        there = await tx.people.residents("home", Moment(home.now + 2))  # type: ignore[arg-type]
        assert Role.SECOND_CONTACT not in {one.role for one in there}


async def test_one_purpose_on_one_channel_can_be_taken_back(home: Home) -> None:
    email = Basis(ADA, Purpose.SERVICE, Channel.EMAIL, BasisKind.CONTRACT, Moment(1), how="form")
    async with home.store.transaction() as tx:
        await grant(tx, email, by(home, "dag", "letter"))
        assert await revoke(tx, ADA, Scope(Purpose.SERVICE, Channel.EMAIL), by(home), home.ctx) == 1
        assert await revoke(tx, ADA, Scope(Purpose.CARE), by(home), home.ctx) == 0
        newest = {line.channel: line.kind for line in await tx.people.bases(ADA)}
        assert newest == {SMS: BasisKind.CONTRACT, Channel.EMAIL: BasisKind.WITHDRAWN}
        assert await tx.people.suppressed(ADA) is None
        await revoke(tx, ADA, Scope(), by(home, "dag", "letter"), home.ctx)
        assert await tx.people.suppressed(ADA) is not None


async def test_a_basis_without_evidence_is_none(home: Home) -> None:
    plain = Basis(ADA, Purpose.SERVICE, SMS, BasisKind.CONSENT, Moment(1), how="form", wording="v3")
    for poor in (
        replace(plain, how=""),
        replace(plain, wording=""),
        replace(plain, at=Moment(home.now + DAY)),
        replace(plain, kind=BasisKind.WITHDRAWN),
        replace(plain, customer=CustomerId("nobody")),
    ):
        async with home.store.transaction() as tx:
            with pytest.raises(BadInput):
                await grant(tx, poor, by(home))


async def test_the_customer_can_be_told_why_they_got_a_message(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    async with home.store.reading() as tx:
        [message] = await tx.messages.of_case(case)
        told = await why(tx, message.id, home.ctx)
        assert told is not None
        assert await why(tx, "msg_none", home.ctx) is None  # type: ignore[arg-type]
    said = " ".join(told.sentences)
    assert "this was the first we wrote about it" in said
    assert "because it belongs to your contract with us: 1 January 1970" in said
    assert "nothing spoke against it" in said
    assert told.decisions and "basis" not in said and NUMBERS[ADA] not in said
