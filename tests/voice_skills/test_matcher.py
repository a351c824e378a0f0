"""What the house understands, and what it must never misunderstand."""

from __future__ import annotations

import pytest

from hub.bootstrap.shelf import take_down
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.domain.wording import CALL_ME
from voice_skills.matcher import Matcher, plain

SHELF = take_down(("heatpump", "fridge", "router"))
EARS = Matcher(SHELF.words)
LOOK = tuple(f"plays/heatpump/icing-up/look/{name}" for name in ("free", "blocked", "unseen"))
YES_NO = ("choice.yes", "choice.no")


def hear(
    text: str, language: str = "en", expecting: Expecting = Expecting.CHOICE, options: tuple[str, ...] = LOOK
) -> Meaning:
    return EARS.understand(text, language, expecting, options)


STOPS = """STOP;stop;Stop.;STOP!!!;  stop ;ｓｔｏｐ;STOPALL;stop all;UNSUBSCRIBE;Cancel;END;quit;REVOKE;OPTOUT;opt out;OPT-OUT;
REMOVE;ARRET;arrêt;TD;STOPP;Stopp!;abmelden;ABBESTELLEN;please stop texting me;Please, stop sending these messages;
stop contacting me;do not text me again;Don't message me anymore;I want to unsubscribe;take me off your list;leave me alone;
Hören Sie auf mir zu schreiben;bitte schreiben Sie mir nicht mehr;keine SMS mehr;lassen Sie mich in Ruhe;ich möchte keine
 Nachrichten mehr;"stop";stop, please;退订;alto;no more messages;I don't want any more texts from you"""


@pytest.mark.parametrize("text", [each.strip("\n") for each in STOPS.split(";")])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("expecting", [Expecting.NOTHING, Expecting.CHOICE, Expecting.YES_NO])
def test_stop_is_understood_in_every_language_before_anything_else(
    text: str, language: str, expecting: Expecting
) -> None:
    assert hear(text.replace("\n", ""), language, expecting).intent is Intent.STOP


@pytest.mark.parametrize(
    "text",
    [
        "don't stop",
        "it will not stop beeping",
        "the bus stop",
        "when does it stop",
        "stpp",
        "the pump stopped",
        "off",
        "aus",
        "er ist aus",
        "stop the pump",
    ],
)
def test_what_only_sounds_like_stop_is_not(text: str) -> None:
    assert hear(text).intent is not Intent.STOP


CHOICES = {
    1: [
        "1",
        "1.",
        " 1 ",
        "#1",
        "1)",
        "(1)",
        "1️⃣",
        "１",
        "one",
        "One please",
        "number one",
        "the first",
        "option 1",
        "It is free",
    ],
    2: ["2", "two", "it is blocked", "second", "answer 2"],
    3: ["3", "three", "I cannot see it", "i cannot see it!"],
}


@pytest.mark.parametrize(
    ("number", "text"), [(number, text) for number, texts in CHOICES.items() for text in texts]
)
def test_an_answer_is_understood_by_its_number_or_its_words(number: int, text: str) -> None:
    assert hear(text) == Meaning(Intent.CHOICE, choice=number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "eins"),
        (1, "die Erste"),
        (2, "zwei"),
        (2, "Er ist verdeckt."),
        (3, "Nummer drei"),
        (3, "ich sehe ihn nicht"),
    ],
)
def test_an_answer_is_understood_in_german(number: int, text: str) -> None:
    assert hear(text, "de") == Meaning(Intent.CHOICE, choice=number)


@pytest.mark.parametrize("text", ["1 but it is getting dark", "maybe 2", "1 or 2"])
def test_a_number_with_more_words_is_read_back(text: str) -> None:
    meaning = hear(text)
    assert meaning.intent is Intent.CHOICE
    assert not meaning.sure


PEOPLE = {
    "en": ["0", "#0", "zero", "agent", "A person, please", "human", "can I talk to someone", "call me", "could somebody call me",
           "I want to speak to a human", "Mensch", "Mitarbeiter", "rufen Sie mich an"],
    "de": ["0", "null", "Mensch", "einen Mitarbeiter bitte", "rufen Sie mich an", "kann ich mit einem Menschen sprechen",
           "können Sie mich anrufen", "agent", "call me"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in PEOPLE.items() for text in texts]
)
@pytest.mark.parametrize("expecting", [Expecting.NOTHING, Expecting.CHOICE, Expecting.YES_NO])
def test_a_person_is_understood_in_every_state(language: str, text: str, expecting: Expecting) -> None:
    meaning = hear(text, language, expecting)
    assert meaning.intent is Intent.PERSON
    assert meaning.sure


MEANINGS = [
    ("en", "yes please", Intent.YES), ("en", "ok", Intent.YES), ("en", "go ahead", Intent.YES), ("en", "no thanks", Intent.NO),
    ("en", "what did you say?", Intent.REPEAT), ("en", "go back", Intent.BACK), ("en", "not now", Intent.LATER),
    ("en", "How is my heat pump?", Intent.STATUS), ("en", "text me", Intent.TEXT_ME), ("en", "wrong number", Intent.WRONG_NUMBER),
    ("en", "thanks", Intent.GOODBYE), ("en", "HELP", Intent.HELP), ("en", "info", Intent.HELP), ("en", "START", Intent.START),
    ("en", "unstop", Intent.START), ("en", "restart my router", Intent.RESTART), ("en", "link", Intent.LINK), ("en", "I've done it", Intent.DONE),
    ("de", "ja gerne", Intent.YES), ("de", "in Ordnung", Intent.YES), ("de", "lieber nicht", Intent.NO), ("de", "wie bitte?", Intent.REPEAT),
    ("de", "zurueck", Intent.BACK), ("de", "zurück", Intent.BACK), ("de", "jetzt nicht", Intent.LATER), ("de", "Wie geht es meiner Wärmepumpe?", Intent.STATUS),
    ("de", "als SMS bitte", Intent.TEXT_ME), ("de", "falsche Nummer", Intent.WRONG_NUMBER), ("de", "vielen Dank", Intent.GOODBYE),
    ("de", "Hilfe!", Intent.HELP), ("de", "starte bitte den Router neu", Intent.RESTART), ("de", "erledigt", Intent.DONE), ("de", "verbinden", Intent.LINK),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "intent"), MEANINGS)
def test_everyday_words_are_understood(language: str, text: str, intent: Intent) -> None:
    meaning = hear(text, language, Expecting.NOTHING, ())
    assert meaning.intent is intent
    assert meaning.sure


NEGATIONS = ["don't restart the router", "dont restart the router", "do not do it", "no, not yet", "please don't", "never", "not yes",
             "no way", "nicht neu starten", "bitte nicht", "auf keinen Fall", "ne redémarre pas", "lieber nicht neu starten",
             "nein, nicht jetzt", "I do not want that", "yes but not now", "ja, aber nicht heute", "ok don't"]  # fmt: skip


@pytest.mark.parametrize("text", NEGATIONS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_negation_never_means_yes(text: str, language: str) -> None:
    for expecting, options in ((Expecting.YES_NO, YES_NO), (Expecting.CHOICE, LOOK), (Expecting.NOTHING, ())):
        meaning = hear(text, language, expecting, options)
        assert meaning.intent is not Intent.YES
        assert not (meaning.intent is Intent.CHOICE and meaning.choice == 1)
        assert not (meaning.intent is Intent.RESTART and meaning.sure)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wrong numbr", Intent.WRONG_NUMBER),
    ],
)
def test_a_typing_error_changes_nothing_before_we_have_asked_back(text: str, intent: Intent) -> None:
    assert hear(text, "en", Expecting.NOTHING, ()) == Meaning(intent, sure=False)


@pytest.mark.parametrize("text", ["stpp", "unsubscibe", "startt", "jaq"])
def test_stop_start_and_yes_are_never_guessed(text: str) -> None:
    assert hear(text, "en", Expecting.YES_NO, YES_NO).intent in (Intent.UNKNOWN, Intent.CHOICE)
    assert hear(text, "en", Expecting.YES_NO, YES_NO).choice != 1


@pytest.mark.parametrize(
    "text",
    ["lorem ipsum dolor sit amet", "humidity", "the weather is fine today", "", "   ", "\u200b", "🙂", "?"],
)
def test_what_is_not_understood_is_said_to_be_unknown(text: str) -> None:
    assert hear(text, "en", Expecting.NOTHING, ()).intent is Intent.UNKNOWN


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_choice_of_every_play_is_understood_by_its_own_words(language: str) -> None:
    for play in SHELF.plays.values():
        _by_words((play.go, CALL_ME), language)
        for step in play.steps.values():
            options = tuple(choice.key for choice in getattr(step, "choices", ()))
            _by_words(options, language)
    _by_words(YES_NO, language)


def _by_words(options: tuple[str, ...], language: str) -> None:
    for number, option in enumerate(options, start=1):
        entry = SHELF.words.entry(option, language)
        for form in {entry.text, entry.spoken}:
            meaning = hear(form, language, Expecting.CHOICE, options)
            person = option == CALL_ME and meaning == Meaning(Intent.PERSON)
            assert person or meaning == Meaning(Intent.CHOICE, choice=number), (form, meaning)


def test_no_saying_means_two_things() -> None:
    for language, patterns in SHELF.words.patterns.items():
        seen: dict[str, str] = {}
        for intent, listen in patterns["intents"].items():
            for word in listen["words"]:
                assert seen.setdefault(plain(str(word)), intent) == intent, (language, word)


def test_a_device_is_chosen_by_its_name() -> None:
    names = ("garden heat pump", "kitchen fridge")
    assert hear("the kitchen fridge", "en", Expecting.WHICH_CASE, names).choice == 2
    assert hear("Garden heat pump", "en", Expecting.WHICH_CASE, names) == Meaning(Intent.CHOICE, choice=1)


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_a_thumb_answers_a_question_and_nothing_else(language: str) -> None:
    assert hear("👍🏻", language, Expecting.YES_NO, YES_NO).intent is Intent.YES
    assert hear("👎", language, Expecting.YES_NO, YES_NO).intent is Intent.NO
    assert hear("👍👎", language, Expecting.YES_NO, YES_NO).intent is Intent.UNKNOWN
    assert hear("👍🤷", language, Expecting.YES_NO, YES_NO).intent is Intent.UNKNOWN
    assert hear("👍", language, Expecting.NOTHING, ()).intent is Intent.GOODBYE
    assert hear("👍", language, Expecting.CHOICE, ("it is free", "it is blocked")).intent is Intent.UNKNOWN
