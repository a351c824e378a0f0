"""The lint in four languages: what is asked can be followed by ear, nobody is sent into danger, no answer ends contact."""

from __future__ import annotations

from pathlib import Path

import pytest

import device_rules
from voice_skills.danger_words import CAREFUL, DANGERS, FORBIDS
from voice_skills.play_lint import MOST_SEGMENTS, lint, sentences, spoken_words, too_long
from voice_skills.playbook import load_plays
from voice_skills.words import house_words

SHIPPED = Path(device_rules.__file__).parent / "packs"
LANGUAGES = ("en", "de", "es", "zh")
HOUSE = """
language: LANGUAGE
phrases:
  frame.hello: "{brand}: [{name}]."
  frame.stop: "STOP."
  frame.our_number: "Tel."
  choice.first: "1 = {what}."
  choice.next: "{n} = {what}."
  choice.call_me: "tel"
"""
TAP = """
plays:
  - id: tap
    opening: {en: 'Your {device} drips.', de: '{device} tropft.', es: 'Su {device} gotea.', zh: '您的{device}在滴水。'}
    reminder: {en: 'It drips.', de: 'Es tropft.', es: 'Sigue goteando.', zh: '还在滴水。'}
    go: {en: what to do, de: was zu tun ist, es: qué hacer, zh: 该怎么做}
    first: look
    steps:
      look:
        ask: {en: 'Is it shut?', de: 'Ist er zu?', es: '¿Está cerrada?', zh: '关好了吗？'}
        choices:
          - {id: done, say: {en: it is shut, de: er ist zu, es: está cerrada, zh: 关好了}, then: person}
          - {id: not, say: {en: I cannot, de: geht nicht, es: no puedo, zh: 我不行}, then: person}
      person:
        agent: {en: 'We ring.', de: 'Wir rufen an.', es: 'Le llamaremos.', zh: '我们会打电话给您。'}
"""


def complaints(text: str, pack: str = "tap") -> list[str]:
    """What a house that speaks all four languages has against the plays in `text`."""
    house = house_words([(HOUSE.replace("LANGUAGE", each), f"{each}.yaml") for each in LANGUAGES])
    plays, phrases = load_plays(text, f"{pack}/plays.yaml", pack)
    return lint(plays, house.plus(phrases))


@pytest.mark.parametrize("pack", ["heatpump", "fridge", "router", "washer"])
def test_the_guided_fixes_that_ship_hold_to_every_rule_in_four_languages(pack: str) -> None:
    assert complaints((SHIPPED / pack / "plays.yaml").read_text("utf-8"), pack) == []


def test_a_play_in_four_languages_is_sound() -> None:
    assert complaints(TAP) == []


BAD = [
    (", es: está cerrada", "", "tap/look/done is missing in es"),
    (", zh: 关好了", "", "tap/look/done is missing in zh"),
    ("zh: '关好了吗？'", f"zh: '{'请您看看' * 14}关好了吗？'", "spoken words before the first choice, at most 25"),
    ("es: '¿Está cerrada?'", f"es: '{'mire bien ' * 13}¿Está cerrada?'", "28 spoken words before the first choice"),
    ("zh: '我们会打电话给您。'", "zh: '里面是三℃。'", "degree celsius"),
    ("es: 'Le llamaremos.'", "es: 'Hace 3 °C.'", "degree sign"),
    ("es: 'Le llamaremos.'", "es: 'Le llamaremos — pronto.'", "em dash"),
    ("zh: '还在滴水。'", f"zh: '{'还在滴水。' * 24}'", "the reminder in zh costs 3 segments, at most 2"),
    ("es: 'Sigue goteando.'", f"es: '{'Sigue así. ' * 22}'", "the reminder in es costs 5 segments, at most 4"),
    ("es: '¿Está cerrada?'", "es: 'Suba a la escalera. ¿Está cerrada?'", "“escalera” without saying not to"),
    ("es: '¿Está cerrada?'", "es: 'Use agua muy caliente. ¿Ya?'", "“agua muy caliente” without saying not to"),
    ("zh: '关好了吗？'", "zh: '请打开外壳。关好了吗？'", "“外壳” without saying not to: 请打开外壳。"),
    ("zh: '关好了吗？'", "zh: '请用热水冲。不要急。好了吗？'", "“热水” without saying not to"),
    ("es: no puedo", "es: Baja", "the answer “baja” is kept for stop"),
    ("zh: 我不行", "zh: 取消", "the answer “取消” is kept for stop"),
    ("de: geht nicht", "de: Ende", "the answer “ende” is kept for stop"),
    ("en: I cannot", "en: It is shut", "has the answer “it is shut” twice"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "cause"), BAD)
def test_what_is_wrong_in_one_language_is_told(good: str, bad: str, cause: str) -> None:
    assert good in TAP
    assert cause in "\n".join(complaints(TAP.replace(good, bad, 1)))


@pytest.mark.parametrize(
    ("good", "warned"),
    [
        ("es: '¿Está cerrada?'", "es: 'No use nunca una escalera. ¿Está cerrada?'"),
        ("zh: '关好了吗？'", "zh: '请千万不要打开外壳。关好了吗？'"),
    ],
)
def test_a_dangerous_word_may_warn_in_every_language(good: str, warned: str) -> None:
    assert complaints(TAP.replace(good, warned)) == []


OUT = (
    TAP.replace("first: look", "first: care")
    .replace("        choices:", "        who: able\n        outdoors: true\n        choices:")
    .replace(
        "      look:\n",
        "      care:\n        say: {en: 'Only in daylight, never on ice.', de: 'Nur bei Tageslicht, nie bei Glätte.',"
        " es: 'Solo con luz del día, nunca si hay hielo.', zh: '只在白天，不要走在有冰的地方。'}\n"
        "        then: look\n      look:\n",
    )
)


def test_who_may_leave_the_house_is_warned_in_every_language() -> None:
    assert complaints(OUT) == []
    assert "“luz del día” is not spoken of in es" in "\n".join(
        complaints(OUT.replace("con luz del día", "hoy"))
    )
    assert "“冰” is not spoken of in zh" in "\n".join(complaints(OUT.replace("有冰的地方", "外面")))


def test_chinese_is_measured_by_its_signs_and_not_by_its_spaces() -> None:
    assert spoken_words("Is the tap shut?") == 4
    assert spoken_words("水龙头关好了吗？") == 4
    assert spoken_words("您的garden heat pump在滴水。") == 6
    assert too_long("看" * 50) == []
    assert too_long("好。" + "看" * 51) == ["看" * 51]
    assert sentences("好了吗？请看。OK. Fine") == ["好了吗？", "请看。", "OK.", "Fine"]


def test_every_language_has_its_words_of_danger_and_its_price() -> None:
    assert set(DANGERS) == set(FORBIDS) == set(CAREFUL) == set(MOST_SEGMENTS) == set(LANGUAGES)
    assert set(house_words().languages()) <= set(DANGERS)
