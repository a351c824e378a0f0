"""Customers answer, and what follows is in the store: replies, commands, cases, the thread."""

from __future__ import annotations

from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import Direction
from hub.domain.conversation import Heard, Intent
from hub.domain.customer import Health
from hub.domain.ids import AddressId, CaseId
from tests.flow.home import ADA, BEN, Home


async def test_adas_heat_pump_is_repaired_by_her_own_action_and_proved_by_telemetry(home: Home) -> None:
    await home.measures("hp-1", supply_temp=30.0, room_temp=20.0)
    case = await home.fails("hp-1", "icing-up")
    [first] = await home.texts()
    assert first.startswith("Nordwarm: Hello Ada. Your garden heat pump is icing up. It is still heating.")
    assert "window" in (await home.writes("1"))[0]
    assert (await home.case(case)).state is CaseState.TALKING
    assert "daylight" in (await home.writes("2"))[0]
    assert "Shall I?" in (await home.writes("1"))[0]
    assert await home.commands() == []
    assert "when the ice is gone" in (await home.writes("1"))[0]
    [command] = await home.commands()
    assert (command.name, command.device) == ("defrost", "hp-1")
    await home.device_answers(command)
    assert (await home.case(case)).state is CaseState.RECOVERING
    await home.recovers("hp-1", "icing-up")
    over = await home.case(case)
    assert (over.state, over.proved) == (CaseState.RESOLVED, True)
    last = (await home.texts())[-1]
    assert "The ice is gone" in last
    assert sum("The ice is gone" in text for text in await home.texts()) == 1


async def test_the_same_text_delivered_twice_gets_one_reply_and_one_line_in_the_thread(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    assert len(await home.writes("1", key="SM-twice")) == 1
    assert await home.writes("1", key="SM-twice") == []
    thread = await home.thread(case)
    assert [text for direction, text in thread if direction is Direction.IN] == ["1"]


async def test_the_same_request_of_a_speaker_gets_the_same_reply_and_one_command(home: Home) -> None:
    await home.fails("ro-1", "line-unstable")
    for heard in (Heard.LAUNCH, Intent.YES, Intent.YES):
        await home.says(heard)
    yes = await home.says(Intent.YES)
    home.count -= 1
    assert await home.says(Intent.YES) == yes
    assert len(await home.commands()) == 1


async def test_a_router_restarted_by_voice_heals_and_is_told_by_text(home: Home) -> None:
    case = await home.fails("ro-1", "line-unstable")
    await home.says(Heard.LAUNCH)
    await home.says(Intent.YES)
    await home.says(Intent.YES)
    await home.says(Intent.YES)
    [command] = await home.commands()
    await home.device_answers(command)
    await home.recovers("ro-1", "line-unstable")
    await home.wakes(3)  # nobody speaks any more
    assert (await home.texts())[
        -1
    ] == "Nordwarm: Hello Ada. Your internet line is steady again. Thank you for your help."
    spoken = [text for direction, text in await home.thread(case) if direction is Direction.IN]
    assert spoken == ["opened the skill", "yes", "yes", "yes"]


async def test_the_first_reply_on_a_shared_speaker_names_no_device(home: Home) -> None:
    case = await home.fails("ro-1", "line-unstable")
    await home.says(Heard.LAUNCH)
    said = (await home.thread(case))[-1][1]
    assert (
        said
        == "Hello, this is Nordwarm. One of your devices needs a little attention. Shall I tell you about it now?"
    )


async def test_a_conversation_moves_from_text_to_speaker_at_the_same_step(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("1")
    await home.says(Heard.LAUNCH)
    await home.says(Intent.YES)
    assert "in front of the air outlet" in (await home.thread(case))[-1][1]
    await home.says(Intent.CHOICE, choice=1)
    assert (await home.talk(case)).step == "defrost"


async def test_stop_silences_everything_and_the_open_fault_reaches_an_agent(home: Home) -> None:
    pump = await home.fails("hp-1", "icing-up")
    door = await home.fails("fr-1", "door-open")
    before = len(await home.texts())
    [confirmed] = await home.writes("STOP")
    assert "still there" in confirmed
    assert "+49 30 5550100" in confirmed
    assert len(await home.texts()) == before + 1
    for case in (pump, door):
        found = await home.case(case)
        assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.SUPPRESSED)
    async with home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None


async def test_after_stop_nothing_is_sent_whatever_becomes_due(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    await home.writes("STOP")
    said = await home.texts()
    await home.wakes(60 * 24)
    assert await home.texts() == said
    [stands] = await home.writes("what is going on")
    assert "told us to stop" in stands
    await home.recovers("hp-1", "icing-up")
    assert await home.texts() == [*said, stands]


async def test_stop_that_the_carrier_has_answered_is_not_confirmed_by_us_too(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    assert await home.writes("STOP", opt_out="stop") == []
    async with home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None


async def test_start_lets_us_write_again(home: Home) -> None:
    await home.writes("STOP")
    [said] = await home.writes("START")
    assert "Reply STOP to end" in said
    async with home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None


async def test_help_says_who_we_are_and_acknowledges_nothing(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    [said] = await home.writes("HELP")
    assert said.startswith("Nordwarm looks after your devices")
    assert (await home.case(case)).acknowledged is None


async def test_a_person_is_one_word_away_and_the_agent_sees_why(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    [said] = await home.writes("0")
    assert "person" in said
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.CUSTOMER_WANTS_PERSON)
    [passed_on] = await home.writes("the fan rattles")
    assert passed_on.startswith("Thank you. I have passed that on to our team.")
    assert (Direction.IN, "the fan rattles") in await home.thread(case)


async def test_words_not_understood_twice_become_an_agents_task(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("it is blue")
    await home.writes("and it hums")
    assert (await home.case(case)).needs_agent is Because.NOT_UNDERSTOOD


async def test_a_wrong_number_is_never_written_to_again(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("wrong number")
    async with home.store.reading() as tx:
        address = await tx.people.address(AddressId("ada-sms"))
    assert address is not None
    assert address.health is Health.SUSPENDED
    assert (await home.case(case)).needs_agent is Because.WRONG_NUMBER


async def test_a_device_that_refuses_leads_to_a_person_by_text(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    for answer in ("1", "1", "1"):
        await home.writes(answer)
    [command] = await home.commands()
    await home.device_answers(command, ok=False, note="no airflow at the outlet")
    said = (await home.texts())[-1]
    assert (
        "could not do that. It says that no air comes out of its outlet; something is still in front of it."
        in said
    )
    assert "A person from our team has been told" in said
    assert (await home.case(case)).needs_agent is Because.PLAY_ENDED


async def test_a_device_that_never_answers_is_waited_for_only_so_long(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    for answer in ("1", "1", "1"):
        await home.writes(answer)
    await home.wakes(3)
    assert "has not answered, so I do not know whether it did that" in (await home.texts())[-1]
    assert (await home.case(case)).needs_agent is Because.PLAY_ENDED


async def test_a_fix_that_does_not_help_goes_on_to_the_next_question_or_a_person(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    await home.writes("1")
    assert (await home.case(case)).state is CaseState.RECOVERING
    await home.wakes(31)
    assert "something in the way" in (await home.texts())[-1]
    assert (await home.case(case)).state is CaseState.TALKING


async def test_who_answers_once_and_then_falls_silent_is_asked_once_more_and_then_an_agent_looks(
    home: Home,
) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("1")
    asked = len(await home.texts())
    await home.wakes(121)
    assert len(await home.texts()) == asked + 1
    await home.wakes(60 * 24)
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_who_asks_for_time_is_asked_again_after_some_hours_but_never_at_night(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("later")
    said = len(await home.texts())
    await home.wakes(60 * 12)
    assert len(await home.texts()) == said
    await home.wakes(60 * 4)
    assert (await home.texts())[said].startswith("You asked me to come back to this.")
    assert (await home.case(case)).state is CaseState.TALKING


async def test_an_answer_belongs_to_the_question_that_is_open_at_the_number(home: Home) -> None:
    pump = await home.fails("hp-1", "icing-up")
    door = await home.fails("fr-1", "door-open")
    await home.writes("1")
    assert (await home.talk(pump)).step == "look"
    assert (await home.talk(door)).step == ""


async def test_with_two_devices_in_need_a_speaker_asks_which_one(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    await home.writes("later")
    door = await home.fails("fr-1", "door-open")
    await home.says(Heard.LAUNCH)
    reply = await home.says(Intent.YES)
    assert reply.ask is not None
    names = [option.variables["device"] for option in reply.ask.options]
    assert sorted(names) == ["garden heat pump", "kitchen fridge"]
    await home.says(Intent.CHOICE, choice=names.index("kitchen fridge") + 1)
    await home.says(Intent.DONE)
    assert (await home.talk(door)).step == "watch"


async def _two_snoozed(home: Home) -> tuple[CaseId, CaseId]:
    pump = await home.fails("hp-1", "icing-up")
    await home.wakes(6)  # a household hears of one thing at a time
    door = await home.fails("fr-1", "door-open")
    await home.writes("later")
    await home.writes("later", BEN)
    await home.wakes(90)
    return pump, door


async def test_who_writes_out_of_the_blue_is_asked_which_device_they_mean(home: Home) -> None:
    pump, door = await _two_snoozed(home)
    [which] = await home.writes("it is done")
    assert "Which one shall we start with?" in which
    number = "1" if which.index("kitchen fridge") < which.index("garden heat pump") else "2"
    [told] = await home.writes(number)
    assert "The door of your kitchen fridge is open." in told
    [watching] = await home.writes("1")
    assert "watching your kitchen fridge" in watching
    assert ((await home.talk(door)).step, (await home.talk(pump)).step) == ("watch", "")


async def test_a_device_is_chosen_by_its_name(home: Home) -> None:
    await _two_snoozed(home)
    await home.writes("it is done")
    [told] = await home.writes("the kitchen fridge")
    assert "The door of your kitchen fridge is open." in told


async def test_who_cannot_say_which_device_gets_a_person(home: Home) -> None:
    await _two_snoozed(home)
    await home.writes("it is done")
    await home.writes("the grey thing")
    await home.writes("in the corner")
    assert [case.needs_agent for case in await home.cases()].count(Because.NOT_UNDERSTOOD) == 1


async def test_two_devices_are_asked_about_one_at_each_telephone_and_not_at_the_same_moment(
    home: Home,
) -> None:
    pump, door = await home.fails("hp-1", "icing-up"), await home.fails("fr-1", "door-open")
    assert [len(await home.texts(who)) for who in (ADA, BEN)] == [1, 0]
    await home.wakes(6)
    assert [len(await home.texts(who)) for who in (ADA, BEN)] == [1, 1]
    await home.writes("1", BEN)
    assert ((await home.talk(door)).step, (await home.talk(pump)).step) == ("watch", "")


async def test_the_other_person_of_the_household_may_answer_and_is_who_we_talk_with(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    [reply] = await home.writes("1", BEN)
    assert "window" in reply
    assert (await home.talk(case)).customer == BEN


async def test_an_answer_acknowledges_the_case_and_ends_the_reminders(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("1")
    found = await home.case(case)
    assert (found.acknowledged, found.acknowledged_by) == (home.now, "sms")
    async with home.store.reading() as tx:
        assert "step" not in {wake.name for wake in await tx.wakes.of_case(case)}


async def test_a_stranger_is_noted_and_changes_nothing(home: Home) -> None:
    await home.writes("1", "nobody")  # type: ignore[arg-type]
    assert await home.texts() == []
    async with home.store.reading() as tx:
        kinds = [fact.kind for fact in await tx.facts.since(0)]
    assert "talk.stranger" in kinds


async def test_a_customer_of_ours_hears_german_when_that_is_their_language(home: Home) -> None:
    home.language = "de"
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")
    [first] = await home.texts()
    assert first.startswith("Nordwarm: Guten Tag Ada. Ihre Wärmepumpe (garden heat pump) vereist.")
    assert "vom Fenster" in (await home.writes("eins"))[0]
    assert "Abtauen" in (await home.writes("ich sehe ihn nicht"))[0]
    await home.writes("nicht abtauen")
    assert await home.commands() == []


async def test_a_pairing_code_comes_by_text_and_links_a_speaker_once(home: Home) -> None:
    [said] = await home.writes("LINK")
    code = said.split("Your code is ")[1][:6]
    async with home.store.transaction() as tx:
        assert await tx.talks.use_code("alexa", "amzn-user", code, home.now) == ADA
        assert await tx.talks.use_code("alexa", "other", code, home.now) is None


async def test_a_pairing_code_is_too_old_after_ten_minutes(home: Home) -> None:
    [said] = await home.writes("LINK")
    code = said.split("Your code is ")[1][:6]
    async with home.store.transaction() as tx:
        late = home.now + 11 * MINUTE
        assert await tx.talks.use_code("alexa", "amzn-user", code, late) is None  # type: ignore[arg-type]
