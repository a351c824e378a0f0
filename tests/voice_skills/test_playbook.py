"""Plays from their file: mistakes are named with file and line, and bad plays are refused for what is bad about them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import device_rules
from device_rules.reading import MINUTE
from hub.bootstrap.shelf import take_down
from hub.domain.case import Step as LadderStep
from hub.domain.case import To
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.domain.customer import Channel
from hub.domain.play import Agent, Ask, Check, Play, Solved, Try
from hub.ports import BadInput
from voice_skills.matcher import Matcher
from voice_skills.play_lint import lint
from voice_skills.playbook import load_plays
from voice_skills.words import house_words

PACKS = ("heatpump", "fridge", "router", "washer")
SHIPPED = Path(device_rules.__file__).parent / "packs"
GOOD = """
plays:
  - id: drip
    opening: {en: 'Your {device} drips.', de: 'Ihr Gerät ({device}) tropft.', es: 'Su {device} gotea.', zh: '您的{device}在滴水。'}
    reminder: {en: 'It still drips.', de: 'Es tropft noch.', es: 'Sigue goteando.', zh: '还在滴水。'}
    go: {en: what to do, de: was zu tun ist, es: qué hacer, zh: 该怎么做}
    first: look
    steps:
      look:
        ask: {en: 'Is the tap shut?', de: 'Ist der Hahn zu?', es: '¿Está cerrada la llave?', zh: '水龙头关好了吗？'}
        choices:
          - {id: done, say: {en: it is shut, de: er ist zu, es: está cerrada, zh: 关好了}, then: close}
          - {id: not, say: {en: I cannot, de: kann ich nicht, es: no puedo, zh: 我不行}, then: person}
      close:
        try: close
        asks: {en: 'Shall I close your {device}?', de: 'Soll ich Ihr Gerät ({device}) schließen?', es: '¿Quiere que cierre su {device}?', zh: '现在关闭您的{device}好吗？'}
        within: 2m
        then: watch
        failed: person
        declined: person
      watch:
        check: {en: 'I am watching it.', de: 'Ich sehe zu.', es: 'Estoy pendiente.', zh: '我在观察。'}
        within: 30m
        then: solved
        failed: person
      solved:
        solved: {en: 'It is dry.', de: 'Es ist trocken.', es: 'Está seco.', zh: '已经干了。'}
      person:
        agent: {en: 'A person gets back to you.', de: 'Ein Mensch meldet sich.', es: 'Una persona le llamará.', zh: '客服人员会与您联系。'}
"""
HM = "{en: 'Hm.', de: 'Hm.', es: 'Hm.', zh: '嗯。'}"


def read(text: str = GOOD) -> Play:
    return load_plays(text, "drip/plays.yaml", "drip")[0][0]


def complaints(text: str) -> str:
    plays, phrases = load_plays(text, "drip/plays.yaml", "drip")
    return "\n".join(lint(plays, house_words().plus(phrases)))


def test_a_play_is_read_with_its_words_beside_its_steps() -> None:
    play = read()
    assert (play.id, play.pack, play.family, play.first) == ("drip", "drip", "drip", "look")
    assert [type(step) for step in play.steps.values()] == [Ask, Try, Check, Solved, Agent]
    watch = play.steps["watch"]
    assert isinstance(watch, Check)
    assert watch.within == 30 * MINUTE
    assert complaints(GOOD) == ""


@pytest.mark.parametrize("pack", PACKS)
def test_the_plays_that_ship_hold_to_every_rule(pack: str) -> None:
    shelf = take_down((pack,))
    assert lint(shelf.plays.values(), shelf.words) == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_that_ships_has_its_play(pack: str) -> None:
    shelf = take_down((pack,))
    [model] = shelf.books
    text = (SHIPPED / pack / "rules.yaml").read_text(encoding="utf-8")
    named = {line.split("play:")[1].strip() for line in text.splitlines() if line.strip().startswith("play:")}
    assert named == {play for of, play in shelf.plays if of == model}


@pytest.mark.parametrize("pack", PACKS)
def test_every_answer_that_ships_is_understood_in_its_language(pack: str) -> None:
    shelf = take_down((pack,))
    ears, asked, missed = Matcher(shelf.words), 0, []
    for language in shelf.words.languages():
        for step in (step for play in shelf.plays.values() for step in play.steps.values()):
            options = [choice.key for choice in step.choices] if isinstance(step, Ask) else []
            for number, key in enumerate(options, start=1):
                for said in (shelf.words.entry(key, language).text, shelf.words.entry(key, language).spoken):
                    asked += 1
                    meant = ears.understand(said, language, Expecting.CHOICE, options)
                    if meant != Meaning(Intent.CHOICE, choice=number):
                        missed.append((language, said, meant))
    assert asked > 60
    assert missed == []


MISTAKES = [
    ("check: {en", "chek: {en", r"drip/plays\.yaml:\d+: `chek` is no kind of step\. Did you mean `check`\?"),
    ("then: watch", "then: wach", r"drip/plays\.yaml:14: close leads to `wach`, which is no step\. Did you mean `watch`\?"),
    ("within: 30m", "within: 30", r"drip/plays\.yaml:\d+: `within` is missing or not a text"),
    ("within: 30m", "within: soon", r"drip/plays\.yaml:23: `soon` is not a span of time"),
    ("first: look", "first: luk", r"drip/plays\.yaml:7: there is no step `luk`"),
    ("try: close", "trie: close", r"the step close is exactly one of: say, ask, try, check, book, solved, agent"),
    ("try: close", "try: close\n        solved: x", r"say, ask, try, check, book, solved, agent, not try and solved at once"),
    ("declined: person", "decline: person", r"the key `decline` is not known here\. Did you mean `declined`\?"),
    (re.findall(r"    reminder: .*\n", GOOD)[0], "", "the play drip has no `reminder`"),
    (re.findall(r"go: .*", GOOD)[0], "go: what to do", "words are written per language"),
    ("id: done", "id: 7", "`id` is missing or not a text"),
    ("first: look", "first: look\n    first: look", "`first` is there twice"),
    ("    first: look", "    fine: [{at_least: {t: warm}, say: {en: a, de: b}}]\n    first: look", "`at_least:` holds numbers"),
    ("    first: look", "    fine: [{say: {en: a, de: b}}]\n    first: look", "what is fine is proved by"),
    ("        choices:", "        who: butler\n        choices:", "`butler` is nobody"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "cause"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_its_remedy(good: str, bad: str, cause: str) -> None:
    with pytest.raises(BadInput, match=cause):
        read(GOOD.replace(good, bad, 1))


@pytest.mark.parametrize(
    "text", ["", "[]", "plays: 7", "plays: [7]", "plays: [{id: a}]", "plays: {", "a: *b", "other: []"]
)
def test_what_is_no_book_of_plays_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        load_plays(text, "x", "x")


BAD = [
    ("then: solved", "then: person", "step solved is never reached"),
    ("then: watch", "then: solved", "step close calls it solved, which only a check of the fault may"),
    (", de: er ist zu", "", "plays/drip/drip/look/done is missing in de"),
    ("Shall I close your {device}?", "Shall I close it?", "the question for `close` does not name the device"),
    ("Is the tap shut?", "Climb the ladder: is the tap shut?", "“ladder” without saying not to"),
    ("Ist der Hahn zu?", "Nehmen Sie heißes Wasser und sehen Sie nach.", "“heißes Wasser” without saying not to"),
    ("Is the tap shut?", "word " * 26, "26 spoken words before the first choice"),
    ("I am watching it.", "It is 3 °C.", "degree sign"),
    ("I am watching it.", "It costs 5 EUR.", "marketing"),
    ("I am watching it.", "Hello {name}.", "uses {name}. Only {device} can stand here."),
    ("Your {device} drips.", "Your {device} drips. " * 15, "costs"),
    ("        declined: person\n", "        declined: person\n        reasons: [{note: jam, say: {en: 'It is stuck.'}}]\n", "close/reason-1 is missing in de"),
    ("        choices:", "        outdoors: true\n        choices:", "may lead outdoors: `who: able`"),
    ("        choices:", "        who: technician\n        choices:", "is for a technician"),
    ("        choices:", "        who: able\n        outdoors: true\n        choices:", "must warn of darkness and ice"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "cause"), BAD)
def test_a_bad_play_is_refused_for_what_is_bad_about_it(good: str, bad: str, cause: str) -> None:
    assert cause in complaints(GOOD.replace(good, bad, 1))


def test_a_step_that_leads_to_no_end_is_a_trap() -> None:
    circle = GOOD.replace("then: person}", "then: turn}").replace("then: close}", "then: turn}")
    circle = circle.replace(
        "      close:", f"      turn:\n        say: {HM}\n        then: look\n      close:"
    )
    found = complaints(circle)
    assert "step look cannot be left" in found
    assert "no way leads to a person" in found


def test_talk_that_goes_in_a_circle_is_a_trap() -> None:
    circle = GOOD.replace("then: close}", "then: hm}").replace(
        "      close:", f"      hm:\n        say: {HM}\n        then: hm\n      close:"
    )
    assert "step hm talks in a circle" in complaints(circle)


def test_a_visit_that_leads_back_to_its_own_offer_where_none_is_offered_is_a_trap() -> None:
    visit = f"      hm:\n        book: {HM}\n        then: person\n        none: NONE\n      close:"
    offering = GOOD.replace("then: close}", "then: hm}").replace("      close:", visit)
    assert "step hm talks in a circle" in complaints(offering.replace("NONE", "hm"))
    assert "circle" not in complaints(offering.replace("NONE", "person"))


def test_a_dangerous_word_may_be_used_to_warn() -> None:
    warned = GOOD.replace("Is the tap shut?", "Do not use a ladder. Is the tap shut?")
    assert complaints(warned) == ""


def test_two_plays_of_one_name_are_refused() -> None:
    second = GOOD.split("plays:")[1]
    with pytest.raises(BadInput, match="the play drip is there twice"):
        load_plays(GOOD + second, "drip/plays.yaml", "drip")


def with_key(lines: str) -> Play:
    return read(GOOD.replace("    first: look\n", f"    first: look\n{lines}"))


def test_a_play_may_bring_its_own_ladder_and_its_own_way_to_heal() -> None:
    play = with_key(
        "    self_heal: {command: close, args: {slowly: true}, within: 5m, repeatable: true}\n"
        "    ladder: [{channel: sms, wait: 1h}, {channel: sms, to: second}, {channel: agent}]\n"
    )
    assert (play.self_heal, play.heal_args, play.heal_wait) == ("close", {"slowly": True}, 5 * MINUTE)
    assert play.heal_repeatable and play.ladder[0] == LadderStep(Channel.SMS, 60 * MINUTE)
    assert play.ladder[1].to is To.SECOND and play.ladder[2].channel is Channel.AGENT
    assert with_key("    self_heal: close\n").self_heal == "close"
    assert read().ladder == () and read().self_heal == ""


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ("    ladder: sms\n", "`ladder:` is a list of steps"),
        ("    ladder: [{channel: smss}]\n", "`smss` is no channel. Did you mean `sms`"),
        ("    ladder: [{channel: paper}]\n", "`paper` is no channel"),
        ("    ladder: [{channel: sms, to: third}]\n", "`third` is nobody"),
        ("    ladder: [{channel: sms, to: supervisor}]\n", "a supervisor is told with the channel agent"),
        ("    ladder: [{channel: sms, wait: soon}]\n", "`soon` is not a span of time"),
        ("    self_heal: {command: close, often: true}\n", "the key `often` is not known here"),
        ("    self_heal: {command: close, repeatable: 1}\n", "`repeatable:` true or false"),
    ],
)
def test_a_slip_in_a_plays_ladder_or_cure_is_named_with_its_line(lines: str, cause: str) -> None:
    with pytest.raises(BadInput) as slip:
        with_key(lines)
    assert cause in str(slip.value) and "drip/plays.yaml:" in str(slip.value)
