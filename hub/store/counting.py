"""What the caps count: how often and how recently a person, a household, a case and the fleet have heard from us.

It asks only what the message's class is judged by, and never counts further than a cap. It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, func, or_, select, union_all

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR
from hub.domain.asked import Caps, History
from hub.domain.case import Case, CaseState
from hub.domain.contact import HUB, Direction, Message, MessageClass, MessageStatus
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, Moment
from hub.store.prepared import Prepared, given
from hub.store.rows import Work
from hub.store.tables import cases, messages, residences

# What never reached anybody and never will is not counted by the caps.
LOST = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.EXPIRED, MessageStatus.CANCELLED)
CAPPED = (MessageClass.FIRST, MessageClass.REMINDER)

_FIRST = messages.c.kind == MessageClass.FIRST.value
_REMINDER = messages.c.kind == MessageClass.REMINDER.value
_COUNTED = and_(
    messages.c.direction == Direction.OUT.value,
    messages.c.status.not_in([status.value for status in LOST]),
    messages.c.id != given("message"),
)
_THEIRS = messages.c.customer == given("customer")
_ABOUT = messages.c.case == given("case")
_SAME_CHANNEL = messages.c.channel == given("channel")


def _counts() -> Prepared:
    """The counts about a case and a customer."""
    theirs = and_(_THEIRS, or_(_FIRST, _REMINDER))
    asked = {
        "case_firsts": and_(_FIRST, _ABOUT),
        "case_reminders": and_(_REMINDER, _ABOUT),
        "customer_day": and_(theirs, messages.c.at > given("day")),
        "customer_week": and_(theirs, messages.c.at > given("week")),
    }
    last = func.max(messages.c.at).filter(and_(_REMINDER, _ABOUT, _SAME_CHANNEL))
    return Prepared(
        select(
            *(func.count().filter(condition).label(name) for name, condition in asked.items()),
            last.label("last_reminder"),
        )
        .select_from(messages)
        .where(_COUNTED, or_(and_(_THEIRS, messages.c.at > given("week")), _ABOUT))
    )


_COUNTS = _counts()
_HEARD = Prepared(select(func.max(messages.c.at)).where(_THEIRS, messages.c.direction == Direction.IN.value))
_FLEET = Prepared(
    select(func.count()).select_from(
        select(messages.c.seq)
        .where(_COUNTED, _FIRST, messages.c.at > given("hour"), messages.c.written_by == HUB)
        .limit(given("cap"))
        .subquery()
    )
)
_AT_HOME = select(residences.c.customer).where(
    residences.c.site == given("site"),
    residences.c.since <= given("now"),
    or_(residences.c.until.is_(None), residences.c.until > given("now")),
)
# One list of people, not "this one or those": for an "or" PostgreSQL reads every message of the fleet.
_HOME = union_all(select(cast(given("customer"), Text)), _AT_HOME)
_HOUSEHOLD = Prepared(
    select(func.count()).where(
        _COUNTED, _FIRST, messages.c.at > given("span"), messages.c.customer.in_(_HOME)
    )
)
_SAFETY = Prepared(
    select(func.max(messages.c.at)).where(
        _COUNTED, _THEIRS, _SAME_CHANNEL, messages.c.kind == MessageClass.SAFETY.value
    )
)
_CALLS = Prepared(
    select(func.count().label("calls_today"), func.max(messages.c.at).label("last_call")).where(
        _COUNTED, _THEIRS, messages.c.channel == Channel.PHONE.value, messages.c.at > given("day")
    )
)
_CLOSED = Prepared(
    select(cases.c.closed, cases.c.severity)
    .where(
        cases.c.device == given("device"),
        cases.c.rule == given("rule"),
        cases.c.id != given("case"),
        cases.c.closed > given("rested"),
        cases.c.contacted.is_not(None),
        cases.c.state != CaseState.MERGED.value,
    )
    .order_by(cases.c.closed.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Counting:
    """One count for one message, in an open transaction."""

    work: Work
    message: Message
    case: Case | None
    caps: Caps
    now: Moment

    async def history(self, question_of: CaseId | None) -> History:
        """The history that the stages of this class look at; windows are open at their beginning: a message that is
        exactly a day old is out."""
        kind = self.message.kind
        found: dict[str, Any] = {"heard": await self.work.value(_HEARD, customer=self.message.customer)}
        if kind in CAPPED:
            found |= await self.work.one(_COUNTS, **self._asked()) or {}
        if kind is MessageClass.FIRST:
            found |= await self._of_first()
        if kind is MessageClass.SAFETY:
            found["safety_recent"] = await self.work.value(_SAFETY, **self._asked())
        if kind in CAPPED and self.message.channel is Channel.PHONE:
            found |= await self.work.one(_CALLS, **self._asked()) or {}
        return History(question_of=question_of, **found)

    async def _of_first(self) -> dict[str, Any]:
        asked, of_its_own = self._asked(), self.message.written_by == HUB
        fleet = await self.work.value(_FLEET, **asked, hour=self.now - HOUR) if of_its_own else None
        return {
            "fleet_hour": fleet or 0,
            "household_firsts": await self.work.value(
                _HOUSEHOLD, **asked, span=self.now - self.caps.household_span
            )
            or 0,
            "same_rule_closed": await self._same_rule_closed(),
        }

    async def _same_rule_closed(self) -> Moment | None:
        """When the same rule's last case on the device was closed, unless this one is more severe than that was."""
        if self.case is None:
            return None
        asked = {"device": self.case.device, "rule": self.case.rule, "case": self.case.id}
        row = await self.work.one(_CLOSED, **asked, rested=self.now - self.caps.rule_rest)
        if row is None or self.case.severity.rank > Severity(row["severity"]).rank:
            return None
        closed: Moment = row["closed"]
        return closed

    def _asked(self) -> dict[str, Any]:
        case, site = self.message.case or "", self.case.site if self.case else None
        return {
            "message": self.message.id,
            "customer": self.message.customer,
            "channel": self.message.channel.value,
            "case": case,
            "site": site or "",
            "cap": self.caps.fleet_hour,
            "now": self.now,
            "day": self.now - DAY,
            "week": self.now - 7 * DAY,
        }
