"""A scene: everything one turn of a conversation is answered from. Values and small questions; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hub.domain.because import Because
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Knowledge, Reply, Turn
from hub.domain.effects import Effect, Note
from hub.domain.ids import DeviceId, Moment
from hub.domain.play import Play, PlayStep
from hub.domain.spoken_date import moment_words
from hub.domain.wording import phrase

Answer: TypeAlias = tuple[Conversation, Reply, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Scene:
    """The conversation, the turn, the guided fix, what is known, and when it is."""

    talk: Conversation
    turn: Turn
    play: Play | None
    knowledge: Knowledge
    now: Moment

    def say(self, key: str, **variables: str) -> Phrase:
        """A phrase that may name the device."""
        return phrase(key, self.knowledge, **variables)

    def with_team(self) -> Phrase:
        """How it stands at our team: an agent has it; or they have been told, and are back at a time, where it is known."""
        known = self.knowledge
        if known.taken:
            return self.say("person.waiting")
        if known.agent_open or known.back is None:
            return self.say("person.told")
        return self.say("person.told_away", **self.back_words())

    def back_words(self) -> dict[str, str]:
        """The variables of a phrase that says when our team is back; none where that is not known."""
        known = self.knowledge
        if known.back is None:
            return {}
        return moment_words(known.back, known.zone or "UTC", self.talk.language, self.now, "time")

    def step(self) -> PlayStep | None:
        """The step the conversation stands at, if the play (still) has it."""
        return self.play.steps.get(self.talk.step) if self.play else None

    def note(self, kind: str, because: Because, **data: str) -> Note:
        """One line for the timeline."""
        return Note(self.talk.case, DeviceId(self.knowledge.device) or None, kind, because, dict(data))
