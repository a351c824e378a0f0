"""A person talking with the house: says something, hears phrase keys. Uses the real plays, words and ears."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hub.bootstrap.shelf import Shelf, take_down
from hub.domain import talk as core
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Knowledge, Meaning, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice, Effect, HandOn, Suppress, WakeAt
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.play import Play
from hub.domain.wording import as_message
from voice_skills.matcher import Matcher

PACKS = ("heatpump", "fridge", "router", "washer")
MINUTE = 60_000_000
NOON = Moment(1_795_262_400_000_000)
PUMP, FRIDGE, ROUTER = "nordwarm/heatpump-x1", "nordwarm/fridge-f2", "nordwarm/router-r3"
WARM = {"supply_temp": 31.0, "room_temp": 20.5}


@cache
def library() -> Shelf:
    """The plays and words that ship."""
    return take_down(PACKS)


@cache
def ears() -> Matcher:
    """What the house understands."""
    return Matcher(library().words)


class Talk:
    """One conversation, told turn by turn. `says` and `hears` return the keys of what is answered."""

    def __init__(
        self,
        model: str = PUMP,
        play: str | None = "icing-up",
        channel: Channel = Channel.SMS,
        language: str = "en",
        begun: bool = True,
    ) -> None:
        self.play: Play | None = library().plays[model, play] if play else None
        self.knowledge = Knowledge(device="hp-1", device_name="garden heat pump", values=dict(WARM))
        self.channel, self.language, self.now = channel, language, NOON
        self.talk = Conversation(CaseId("case_1"), CustomerId("ada"), language=language)
        self.reply = Reply(())
        self.effects: tuple[Effect, ...] = ()
        self.commands: list[CommandDevice] = []
        self.count = 0
        if begun:
            self.talk, self.reply, _ = core.begin(self.talk, self.play, self.knowledge, self.now)

    def says(self, text: str) -> list[str]:
        """The person writes or says `text`."""
        talk = self.talk
        expecting = Expecting.YES_NO if talk.guess else talk.expecting
        options = () if talk.guess else talk.options
        return self.means(ears().understand(text, self.language, expecting, options), text)

    def means(self, meaning: Meaning | Intent, text: str = "") -> list[str]:
        """The person says something with this meaning."""
        meant = Meaning(meaning) if isinstance(meaning, Intent) else meaning
        return self.happens(Heard.TEXT, text, meant)

    def happens(self, kind: Heard, text: str = "", meaning: Meaning = Meaning(Intent.UNKNOWN)) -> list[str]:  # noqa: B008
        """A turn of `kind`."""
        self.count += 1
        private = self.channel is not Channel.VOICE
        turn = Turn(kind, self.channel, f"turn-{self.count}", text, meaning, self.language, private)
        self.talk, self.reply, self.effects = core.tell(self.talk, turn, self.play, self.knowledge, self.now)
        self.commands += [effect for effect in self.effects if isinstance(effect, CommandDevice)]
        return self.keys()

    def waits(self, minutes: float) -> None:
        """Time passes."""
        self.now = Moment(self.now + int(minutes * MINUTE))

    def recovers(self) -> list[str]:
        """Telemetry shows that the fault is over."""
        self.knowledge = replace(self.knowledge, fault_open=False)
        return self.happens(Heard.RECOVERED)

    def heals(self) -> None:
        """The fault goes away, and nobody has told the conversation yet."""
        self.knowledge = replace(self.knowledge, fault_open=False)

    def keys(self) -> list[str]:
        """The last parts of the keys of what was said."""
        return [phrase.key.rsplit("/", 1)[-1] for phrase in self.reply.say]

    def text(self) -> str:
        """The reply as it reads in a text message."""
        own = {"name": "Ada", "brand": "Nordwarm", "phone": "+49 30 5550100"}
        phrases = as_message(self.reply)
        return " ".join(
            library().words.text(Phrase(p.key, own | p.variables), self.language) for p in phrases
        )

    @property
    def wanted_person(self) -> str:
        """Why a person is wanted, if the last turn asked for one."""
        found = [effect.event for effect in self.effects if isinstance(effect, HandOn)]
        return getattr(found[0], "because", "") if found else ""

    @property
    def wakes(self) -> dict[str, int]:
        """What is due, by its token, in µs from now."""
        return {effect.token: effect.due - self.now for effect in self.effects if isinstance(effect, WakeAt)}

    @property
    def suppressed(self) -> bool:
        """Whether the last turn ended all contact."""
        return any(isinstance(effect, Suppress) for effect in self.effects)
