"""A person and their smart speaker: opens the skill, listens, answers what it says, and stops when there is nothing to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hub.clock import WallClock
from simulators.alexa import Echo
from simulators.people import Habit
from simulators.written import BadWriting

MOST_TURNS = 12
NUMBERS = ("one", "two", "three")
LOCALES = {"en": "en-US", "de": "de-DE", "es": "es-ES"}
"""The languages of ours that Alexa has skills in. Chinese is none of them: who speaks it has a telephone and a page."""
INTENTS = {
    "yes": "AMAZON.YesIntent",
    "no": "AMAZON.NoIntent",
    "help": "AMAZON.HelpIntent",
    "stop": "AMAZON.StopIntent",
    "repeat": "AMAZON.RepeatIntent",
    "back": "AMAZON.PreviousIntent",
    "done": "DoneIntent",
    "person": "PersonIntent",
    "restart": "RestartIntent",
    "status": "StatusIntent",
    "later": "LaterIntent",
    "text me": "TextMeIntent",
}

Told = Callable[[str, str], None]


@dataclass(slots=True)
class Speaker:
    """One person's Echo. `told(who, text)` hears everything that is said in the kitchen: `ada` or `speaker`."""

    who: str
    echo: Echo
    clock: WallClock
    answers: tuple[Habit, ...]
    told: Told

    async def link(self, text: str) -> None:
        """Tell the speaker the code in the text that the hub sent. Raises BadWriting when there is none."""
        code = re.search(r"\b(\d{6})\b", text)
        if code is None:
            raise BadWriting(f"no code of six digits in the text to {self.who}")
        self.told(self.who, "my code is " + " ".join(code[1]))
        self.told("speaker", await self.echo.intent("LinkIntent", code=code[1]))

    async def talk(self) -> None:
        """Open the skill and answer until it asks no more, or until nothing fits."""
        self.told(self.who, "Alexa, open Nordwarm.")
        said = await self.echo.open()
        self.told("speaker", said)
        for _ in range(MOST_TURNS):
            answer = next((habit for habit in self.answers if habit.on.search(said)), None)
            if not self.echo.listening or answer is None or answer.say is None:
                return
            await self.clock.wait(answer.after)
            self.told(self.who, answer.say)
            said = await self.say(answer.say)
            self.told("speaker", said)

    async def say(self, words: str) -> str:
        """One answer in a few words (`yes`, `two`, …); what the speaker says to it."""
        if words in NUMBERS:
            return await self.echo.intent("ChoiceIntent", number=str(NUMBERS.index(words) + 1))
        if words not in INTENTS:
            raise BadWriting(f"{words!r} is nothing one can say to a speaker; known are {', '.join(INTENTS)}")
        return await self.echo.intent(INTENTS[words])
