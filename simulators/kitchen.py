"""A kitchen with a Home Assistant in it: a satellite that the hub may speak through, and somebody who answers what it says.

It knows the hub by nothing but what it is asked over Home Assistant's own WebSocket. A satellite takes its real time to speak
and to listen, so the clock of the story runs slowly while somebody talks to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.clock import WallClock
from simulators.home_assistant import Answer, HomeAssistant, Satellite
from simulators.scenario import Scenario, Voice

SATELLITE = "kitchen"
SLOWLY = 20.0
"""How fast a story goes at most while somebody talks: the hub leaves two seconds between two questions."""
Told = Callable[[str, str], None]


class Kitchen:
    """The kitchen of the person of `voice`, who answers as written there and else says nothing. `told(who, text)` hears everything that is
    said there: the person's key, or `satellite`. The story's clock is `clock`."""

    def __init__(self, voice: Voice, scenario: Scenario, clock: WallClock, told: Told) -> None:
        self.person, self._answers, self._told = scenario.person(voice.person), voice.answers, told
        self._clock, self._rate = clock, scenario.rate
        person = self.person
        self.assistant = HomeAssistant(token=f"token-of-{person.key}", language=person.language)
        self.assistant.add(SATELLITE, Satellite(people=self._asked, hears=self._announced))

    def settings(self) -> dict[str, Any]:
        """The table of this home in the hub's settings, `[[voices.homes]]`. The Home Assistant must be running."""
        satellites: Mapping[str, str] = {f"assist_satellite.{SATELLITE}": self.person.key}
        given = {"name": self.person.key, "url": self.assistant.url, "token": self.assistant.token}
        return {**given, "satellites": satellites}

    def _announced(self, text: str) -> None:
        self._told("satellite", text)
        self._clock.change_rate(self._rate)

    def _asked(self, question: str) -> Answer:
        self._told("satellite", question)
        answer = next((habit.say for habit in self._answers if habit.on.search(question)), None)
        if answer is not None:
            self._told(self.person.key, answer)
        self._clock.change_rate(min(SLOWLY, self._rate) if answer else self._rate)
        return answer
