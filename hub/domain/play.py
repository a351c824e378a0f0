"""Plays: the guided fix for a fault, as data: say, ask, try, check the telemetry, next.

A play is a small graph of named steps. Words are phrase keys (`plays/<pack>/<play>/<step>`), in every language. Written in
`device_rules/packs/<pack>/plays.yaml`, loaded and linted by `voice_skills/playbook.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.domain.case import Step as LadderStep
from hub.domain.slots import BookingKind


class Who(StrEnum):
    """Who may do a step."""

    ANYONE = "anyone"
    ABLE = "able"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer: what it is called (`key` is its phrase; its last part is its name) and the step that follows."""

    key: str
    then: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell something and go on at once."""

    id: str
    phrase: str
    then: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one question with up to three numbered choices (a person is always a choice besides).

    `again` asks the same in other words; `outdoors` says that the step may lead somebody out of the door.
    """

    id: str
    phrase: str
    choices: tuple[Choice, ...]
    who: Who = Who.ANYONE
    again: str = ""
    outdoors: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """Send a device command after an explicit yes; `asks` is the question that names the device.

    `within` (µs) is how long the device may take to answer; `repeatable` whether it may be published twice.
    `proof` asks besides for a proof of who agrees (a door lock, a child lock, a reset): see `verify.py`. `reasons` are the
    phrases for what the device may say why it did not do it, by the device's own words.
    """

    id: str
    asks: str
    command: str
    args: dict[str, str | float | bool]
    within: int
    repeatable: bool
    then: str
    failed: str
    declined: str
    proof: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)


class Shows(StrEnum):
    """What a watched metric has to do."""

    RISING = "rising"
    FALLING = "falling"
    ABOVE = "above"
    BELOW = "below"
    EQUALS = "equals"


@dataclass(frozen=True, slots=True)
class Watch:
    """What shows that a step worked: `metric` does `shows` (`value`: by how much, or what), or `rule` is quiet again."""

    metric: str = ""
    shows: Shows = Shows.ABOVE
    value: float | str | bool = 0.0
    rule: str = ""

    def shown_by(
        self, values: Mapping[str, float | str | bool], open_rules: frozenset[str], baseline: float | None
    ) -> bool:
        """Whether fresh telemetry shows it; what is unknown shows nothing."""
        if self.rule:
            return self.rule not in open_rules
        now = values.get(self.metric)
        if self.shows is Shows.EQUALS:
            return now is not None and now == self.value
        if (
            isinstance(now, bool)
            or not isinstance(now, int | float)
            or not isinstance(self.value, int | float)
        ):
            return False
        if self.shows is Shows.ABOVE:
            return now > self.value
        if self.shows is Shows.BELOW:
            return now < self.value
        if baseline is None:
            return False
        change = now - baseline
        return change >= self.value if self.shows is Shows.RISING else -change >= self.value


@dataclass(frozen=True, slots=True)
class Check:
    """Wait until telemetry shows that the fault is over, at most `within` µs; then `then` or `failed`.

    With a `watch` it goes on as soon as telemetry shows that; a fault that is over goes on in either case.
    """

    id: str
    phrase: str
    within: int
    then: str
    failed: str
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Offer slots of `kind`; after the choice comes `then`, and where there is none to offer, `none`."""

    id: str
    phrase: str
    kind: BookingKind
    then: str
    none: str


@dataclass(frozen=True, slots=True)
class Solved:
    """The end of a play: thank the customer. Only reached when telemetry proved it."""

    id: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Agent:
    """The other end: hand over to a person."""

    id: str
    phrase: str


PlayStep = Say | Ask | Try | Check | Book | Solved | Agent


@dataclass(frozen=True, slots=True)
class Fine:
    """What is still fine ("it is still heating"): said only when every metric of `at_least` is known and reaches its
    value, and every one of `equals` is known and equal."""

    phrase: str
    at_least: dict[str, float]
    equals: dict[str, float | str | bool]

    def proved_by(self, values: Mapping[str, float | str | bool]) -> bool:
        """Whether fresh telemetry `values` prove it; an unknown metric proves nothing."""
        for metric, least in self.at_least.items():
            value = values.get(metric)
            if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                return False
        return all(values.get(metric) == wanted for metric, wanted in self.equals.items())


@dataclass(frozen=True, slots=True)
class Live:
    """A metric worth telling people ("it is 21 degrees at home"): `phrase` with the variable {value}, rounded."""

    phrase: str
    metric: str


@dataclass(frozen=True, slots=True)
class Play:
    """A guided fix. `family` joins faults of one device into one case; `opening` is the phrase of the first contact.

    `first` is the id of the first step, `steps` are by id. `self_heal` names a safe command that is tried before
    anybody is contacted (empty: none), with `heal_args`; `heal_wait` (µs, 0: as long as the policy says) is how long it
    may work, `heal_repeatable` whether it may be published twice. `ladder` is the play's own ladder (empty: that of the
    severity). `reminder` says the opening in other words, `go` is the answer that begins
    the play ("what to do indoors"), `fine` what may be said to be still fine, when telemetry proves it, `live` what is
    worth telling when somebody asks how the device is.
    """

    id: str
    pack: str
    family: str
    opening: str
    first: str
    steps: dict[str, PlayStep]
    self_heal: str = ""
    heal_args: dict[str, str | float | bool] = field(default_factory=dict)
    heal_wait: int = 0
    heal_repeatable: bool = False
    ladder: tuple[LadderStep, ...] = ()
    reminder: str = ""
    go: str = "choice.go"
    fine: tuple[Fine, ...] = ()
    live: tuple[Live, ...] = ()
