"""The policy section of the settings: who we are, how patient we are, how much is too much; and ladders."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.domain.case import Step, To
from hub.domain.customer import Channel
from hub.domain.policy import ladder_mistakes
from hub.settings.kinds import (
    Count,
    Country,
    Day,
    Duration,
    EmergencyNumber,
    QuietSpan,
    SpokenNumber,
    Telephone,
    Zone,
    an_answer,
)
from hub.settings.part import Part
from hub.settings.slips import Slip

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Tongue = Annotated[str, Field(pattern="^[a-z]{2}$")]
Topic = Literal["cost", "danger", "duration", "who", "why", "data", "warranty"]
Answer = Annotated[str, Field(min_length=1, max_length=240), AfterValidator(an_answer)]
Severities = Literal["info", "minor", "major", "critical", "safety"]


class LadderStep(Part):
    """One step of a ladder: a channel, how long to wait for an answer, and to whom: the household, the second contact
    person, or (with the channel agent) a supervisor."""

    channel: Literal["push", "sms", "whatsapp", "voice", "phone", "email", "agent"]
    wait: Duration = 0
    to: Literal["household", "second", "supervisor"] = "household"

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if wrong := ladder_mistakes([self.step()]):
            told = [each.removeprefix("step 1: ") for each in wrong]
            raise Slip("; ".join(told), "See docs/ladders.md.")
        return self

    def step(self) -> Step:
        """The step as the domain knows it."""
        return Step(Channel(self.channel), self.wait, To(self.to))


Ladder = tuple[LadderStep, ...]


class PolicyPart(Part):
    """Who we are, how patient we are and how much is too much. `country` is that of numbers without one, `zone` where
    nothing better is known; quiet hours are each person's own; on `quiet_dates`, and on `quiet_weekdays` (`all`, or hours such
    as `18:00-10:00`), nobody is disturbed besides. `ladders_by_rule` are by the rule's id, or `model:rule`. `emergency` is the number to call in danger by country
    (`DE = "112"`); without it, that of the country. `number_on_unit` are the models whose label bears `phone` (`*`: all of them):
    their owners read that it is there, all others read the number itself where a text has room for it. `answers` are yours to what everybody asks, by language and
    topic (`[policy.answers.en]` `warranty = "…"`); it names no price, for no message of the hub does."""

    brand: str = Field(default="Nordwarm", min_length=1, max_length=40)
    phone: SpokenNumber = "+49 30 5550100"
    country: Country = "DE"
    zone: Zone = "Europe/Berlin"
    quiet_hours: bool = True
    test_numbers: tuple[Telephone, ...] = ()
    ladders: dict[Severities, Ladder] = Field(default_factory=dict)
    ladders_by_rule: dict[str, Ladder] = Field(default_factory=dict)
    hold_downs: dict[Severities, Duration] = Field(default_factory=dict)
    heal_waits: dict[Severities, Duration] = Field(default_factory=dict)
    sleepy: Duration = 3_600_000_000
    bundle: Duration = 120_000_000
    digest: Duration = 3_600_000_000
    agent_confirm: Duration = 3_600_000_000
    agent_release: Duration = 900_000_000
    supervisor_after: Duration = 1_200_000_000
    expiry: Duration = 14 * 86_400_000_000
    case_reminders: Count = 2
    customer_day: Count = 2
    customer_week: Count = 4
    rule_rest: Duration = 86_400_000_000
    fleet_hour: Count = 50
    revoke_all: bool = True
    number_on_unit: tuple[str, ...] = ()
    emergency: dict[Country, EmergencyNumber] = Field(default_factory=dict)
    answers: dict[Tongue, dict[Topic, Answer]] = Field(default_factory=dict)
    quiet_dates: tuple[Day, ...] = ()
    quiet_weekdays: dict[Weekday, QuietSpan] = Field(default_factory=dict)
