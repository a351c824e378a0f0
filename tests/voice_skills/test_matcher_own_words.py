"""Numbered questions answered in the customer's own words: which option is meant, and when it is only asked about."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.matcher import Matcher
from voice_skills.matcher_spelling import Likeness, spelling
from voice_skills.words import house_words

EARS = Matcher(house_words())
WORDS = house_words()
PLUG = {
    "en": ("I have pushed it in", "it is firm", "I cannot check"),
    "de": ("Ich habe ihn eingesteckt", "er sitzt fest", "ich kann nicht nachsehen"),
    "es": ("ya lo he metido", "está firme", "no puedo mirarlo"),
    "zh": ("我已经插紧了", "本来就是紧的", "我没法检查"),
}
LIGHT = {
    "en": ("the light is green", "the light is red", "there is no light"),
    "de": ("das Licht ist grün", "das Licht ist rot", "es leuchtet nichts"),
    "es": ("la luz está verde", "la luz está roja", "no hay luz"),
    "zh": ("灯是绿的", "灯是红的", "灯不亮"),
}
FILTER = {
    "en": ("the filter is clean", "the filter is blocked", "I cannot find it"),
    "de": ("das Sieb ist sauber", "das Sieb ist verstopft", "ich finde es nicht"),
    "es": ("el filtro está limpio", "el filtro está atascado", "no lo encuentro"),
    "zh": ("滤网是干净的", "滤网堵了", "我找不到"),
}
TAP = {
    "en": ("the tap is open", "the tap is shut"),
    "de": ("der Hahn ist offen", "der Hahn ist zu"),
    "es": ("la llave está abierta", "la llave está cerrada"),
    "zh": ("水龙头开着", "水龙头关着"),
}
DEVICES = {
    "en": ("heat pump", "washing machine", "router"),
    "de": ("Wärmepumpe", "Waschmaschine", "Router"),
    "es": ("bomba de calor", "lavadora", "router"),
    "zh": ("热泵", "洗衣机", "路由器"),
}
FRIDGES = {"en": ("kitchen fridge", "garage fridge")}
Options = Mapping[str, tuple[str, ...]]


def hear(text: str, language: str, options: Options) -> Meaning:
    which = Expecting.WHICH_CASE if options in (DEVICES, FRIDGES) else Expecting.CHOICE
    return EARS.understand(text, language, which, options[language])


CHOSEN: list[tuple[str, str, Options, int]] = [
    # a number, corrected, hesitated about, denied or mistyped
    ("en", "no, the second", PLUG, 2), ("en", "the first... no, the second", PLUG, 2), ("en", "2, no, 1", PLUG, 1),
    ("en", "not the first", TAP, 2), ("en", "erm the third I suppose", PLUG, 3), ("en", "the middle i think", PLUG, 2),
    ("en", "I had a good look at it all so the third", PLUG, 3), ("en", "number tow", PLUG, 2), ("en", "secnd", PLUG, 2),
    ("de", "die erste nicht, die zweite", PLUG, 2), ("de", "nicht 1 sondern 2", PLUG, 2), ("de", "zweitens glaub ich", PLUG, 2),
    ("es", "la primera no", TAP, 2), ("es", "no, la segunda", PLUG, 2), ("es", "la tercera creo", PLUG, 3), ("es", "la dos", PLUG, 2),
    ("zh", "不是第一个", TAP, 2), ("zh", "第二个吧", PLUG, 2), ("zh", "2，不对，3", PLUG, 3),
    # an option's own words, corrected, with another ending or a slip
    ("en", "not red, green", LIGHT, 1), ("en", "red, i mean green", LIGHT, 1), ("en", "greeen", LIGHT, 1), ("en", "blockd", FILTER, 2),
    ("en", "it is clean i think", FILTER, 1), ("en", "i checked and its firm", PLUG, 2),
    ("de", "rot nein grün", LIGHT, 1), ("de", "rot nicht grün", LIGHT, 2), ("de", "ein verstopftes sieb", FILTER, 2),
    ("es", "cerrada", TAP, 2), ("es", "limpísimo", FILTER, 1), ("zh", "不是红的，绿的", LIGHT, 1),
    # a device, of several
    ("en", "the heat pump not the router", DEVICES, 1), ("en", "router not heat pump", DEVICES, 3), ("en", "rooter", DEVICES, 3),
    ("en", "kitchen", FRIDGES, 1), ("en", "the one in the garge", FRIDGES, 2), ("en", "not the kitchen one", FRIDGES, 2),
    ("de", "der router ist es nicht, die waschmaschine", DEVICES, 2), ("de", "waschmaschiene", DEVICES, 2),
    ("es", "el router no, la lavadora", DEVICES, 2), ("zh", "不是路由器，洗衣机", DEVICES, 2),
    # what resembles one option and no other
    ("en", "my back is bad i cant bend down", PLUG, 3),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "options", "number"), CHOSEN)
def test_an_option_is_chosen_in_the_customers_own_words(
    language: str, text: str, options: Options, number: int
) -> None:
    assert hear(text, language, options) == Meaning(Intent.CHOICE, choice=number)


ASKED: list[tuple[str, str, Options]] = [
    # several, or none
    ("en", "one or two", PLUG), ("en", "1 and 2", PLUG), ("en", "not 1 or 2", PLUG), ("en", "neither the first nor the second", PLUG),
    ("en", "not green not red", LIGHT), ("en", "green or red i cant tell", LIGHT), ("de", "das erste oder das zweite", PLUG),
    ("es", "la uno o la dos", PLUG), ("es", "ni verde ni roja", LIGHT), ("zh", "第一还是第二", PLUG), ("zh", "红绿都不是", LIGHT),
    # a no that may take back or deny
    ("en", "2 no 1", PLUG), ("en", "no the second", TAP), ("es", "no la segunda", PLUG),
    # a number that is none of the options
    ("en", "the second time you ask me", PLUG), ("en", "i have 2 of them", PLUG), ("en", "in a second", PLUG), ("en", "wait 3 minutes", PLUG),
    ("de", "ein moment", PLUG), ("de", "eine frage", PLUG), ("de", "zum ersten mal", PLUG), ("es", "un segundo", PLUG),
    ("zh", "一会儿", PLUG), ("zh", "两个都有", PLUG), ("zh", "三分钟", PLUG),
    # own words that are denied, wished for, asked about or nearly so
    ("en", "not really firm", PLUG), ("en", "i havent pushed it in yet", PLUG), ("en", "should i push it in", PLUG),
    ("en", "it should be green", LIGHT), ("en", "why is it red", LIGHT), ("en", "used to be green", LIGHT), ("de", "rot wäre schlecht, oder", LIGHT), ("en", "it needs cleaning", FILTER), ("en", "hardly clean", FILTER),
    ("en", "far from clean", FILTER), ("en", "anything but clean", FILTER), ("en", "I pushed the reset button", PLUG),
    ("en", "its open now i had it shut before", TAP), ("de", "nicht richtig fest", PLUG), ("de", "unsauber", FILTER),
    ("de", "halb verstopft", FILTER), ("de", "soll ich ihn einstecken", PLUG), ("es", "hay que limpiarlo", FILTER),
    ("es", "voy a cerrar la llave", TAP), ("es", "no está firme", PLUG), ("zh", "一点都不紧", PLUG), ("zh", "没插紧", PLUG),
    ("zh", "我要关掉它", TAP), ("zh", "没关系", TAP), ("zh", "开会呢", TAP),
    # other things that somebody cannot, or has done
    ("en", "i cant hear you", PLUG), ("en", "I can't stop it", PLUG), ("en", "i cant do this now", PLUG), ("en", "i would rather not push it in", PLUG),
    ("en", "I switched it off and on", PLUG), ("de", "ich hab ihn ausgesteckt", PLUG), ("es", "no lo he metido", PLUG),
    # devices that are spoken about
    ("en", "the router is fine its the washing machine", DEVICES), ("en", "not the router", DEVICES),
    ("de", "die waschmaschine läuft, aber der router nicht", DEVICES), ("es", "la lavadora y el router", DEVICES),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "options"), ASKED)
def test_what_is_denied_doubtful_or_about_something_else_is_never_an_option_acted_upon(
    language: str, text: str, options: Options
) -> None:
    meaning = hear(text, language, options)
    assert not (meaning.intent is Intent.CHOICE and meaning.sure), meaning


def test_a_door_that_is_open_is_not_the_one_that_is_closed() -> None:
    options = ("die Tür ist zu", "etwas ist im Weg", "ich kann nicht nachsehen")
    assert EARS.understand("tür is zu", "de", Expecting.CHOICE, options).choice == 1
    meaning = EARS.understand("die Tür ist offen", "de", Expecting.CHOICE, options)
    assert not (meaning.intent is Intent.CHOICE and meaning.sure)


@pytest.mark.parametrize(("said", "number"), [("是的", 1), ("不是", 2)])
def test_a_yes_and_a_no_choose_between_an_option_and_its_denial(said: str, number: int) -> None:
    meaning = EARS.understand(said, "zh", Expecting.CHOICE, ("我在家", "我不在家"))
    assert meaning == Meaning(Intent.CHOICE, choice=number)


@pytest.mark.parametrize("said", ["yes", "no"])
def test_a_yes_and_a_no_choose_nothing_between_two_different_things(said: str) -> None:
    assert hear(said, "en", TAP).intent is not Intent.CHOICE


@pytest.mark.parametrize("text", ["a person please", "call me", "stop", "go back", "repeat that"])
def test_what_a_customer_may_always_say_counts_before_any_option(text: str) -> None:
    assert hear(text, "en", PLUG).intent is not Intent.CHOICE


@pytest.mark.parametrize(
    ("language", "said", "word", "alike"),
    [
        ("es", "berde", "verde", Likeness.SAME),
        ("es", "roja", "rojo", Likeness.SAME),
        ("de", "blockierte", "blockiert", Likeness.SAME),
        ("en", "frige", "fridge", Likeness.SLIP),
        ("en", "washer", "washing", Likeness.KIN),
        ("en", "shot", "shut", Likeness.NONE),
        ("en", "tight", "light", Likeness.NONE),
        ("zh", "红", "绿", Likeness.NONE),
    ],
)
def test_words_are_compared_as_they_sound_and_without_their_endings(
    language: str, said: str, word: str, alike: Likeness
) -> None:
    rules = spelling(WORDS.patterns[language])
    assert rules.written(said).alike(rules.written(word)) is alike
