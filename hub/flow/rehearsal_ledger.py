"""What a rehearsal writes down: who was told what, what was held or refused and why, and what the caps have to know.

It counts; it decides nothing, and nothing in it leaves the house.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from device_rules.reading import DAY, HOUR
from hub.domain.asked import Caps, Decision, History, Verdict
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Message, MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment, SiteId
from hub.domain.text import segments

CAPPED = (MessageClass.FIRST, MessageClass.REMINDER)


@dataclass(slots=True)
class Account:
    """What came of one rule. Sets and counters; `segments` are those of texts, `days` first messages by UTC day."""

    cases: int = 0
    reopened: int = 0
    joined: int = 0
    contacts: int = 0
    customers: set[CustomerId] = field(default_factory=set)
    messages: Counter[tuple[Channel, MessageClass]] = field(default_factory=Counter)
    segments: int = 0
    held: Counter[Because] = field(default_factory=Counter)
    refused: Counter[Because] = field(default_factory=Counter)
    agents: Counter[Because] = field(default_factory=Counter)
    healed: int = 0
    commands: int = 0
    shadow: int = 0


@dataclass(slots=True)
class _Case:
    firsts: int = 0
    reminders: int = 0
    told: dict[CustomerId, tuple[Channel, Moment]] = field(default_factory=dict)
    reminded: dict[Channel, Moment] = field(default_factory=dict)


class Ledger:
    """Everything that was said in the rehearsal, and accounts by rule."""

    def __init__(self) -> None:
        self.rules: dict[str, Account] = {}
        self._cases: dict[CaseId, _Case] = {}
        self._people: dict[CustomerId, deque[Moment]] = {}
        self._fleet: deque[Moment] = deque()
        self._homes: dict[SiteId, Moment] = {}
        self._questions: dict[AddressId, CaseId] = {}
        self._asked: dict[CaseId, set[AddressId]] = {}
        self._stopped: set[tuple[CaseId, str, Because]] = set()

    def rule(self, name: str) -> Account:
        """The account of a rule."""
        found = self.rules.get(name)
        if found is None:
            found = self.rules[name] = Account()
        return found

    def history(self, case: Case, message: Message, caps: Caps, now: Moment) -> History:
        """What the caps count, as the store counts it: a message exactly a day old is out."""
        about, address = self._cases.get(case.id) or _Case(), message.address
        times = self._people.get(message.customer, ())
        home = self._homes.get(case.site) if case.site is not None else None
        while self._fleet and self._fleet[0] <= now - HOUR:
            self._fleet.popleft()
        return History(
            case_firsts=about.firsts,
            case_reminders=about.reminders,
            customer_day=sum(at > now - DAY for at in times),
            customer_week=sum(at > now - 7 * DAY for at in times),
            fleet_hour=len(self._fleet),
            question_of=self._questions.get(address) if address is not None else None,
            household_firsts=int(home is not None and home > now - caps.household_span),
            last_reminder=about.reminded.get(message.channel),
        )

    def sent(self, case: Case, message: Message, now: Moment) -> None:
        """The gate allowed it: it would have left."""
        account, about = self.rule(case.rule), self._cases.setdefault(case.id, _Case())
        account.messages[message.channel, message.kind] += 1
        account.customers.add(message.customer)
        if message.channel is Channel.SMS:
            account.segments += segments(message.text)
        if message.kind is MessageClass.RECOVERY:
            return
        account.contacts += 1
        about.told[message.customer] = (message.channel, now)
        self._counted(about, message, now)
        if message.kind is MessageClass.FIRST and case.site is not None:
            self._homes[case.site] = now
        if message.question and message.address is not None:
            self._questions[message.address] = case.id
            self._asked.setdefault(case.id, set()).add(message.address)

    def _counted(self, about: _Case, message: Message, now: Moment) -> None:
        if message.kind not in CAPPED:
            return
        about.firsts += message.kind is MessageClass.FIRST
        about.reminders += message.kind is MessageClass.REMINDER
        if message.kind is MessageClass.REMINDER:
            about.reminded[message.channel] = now
        times = self._people.setdefault(message.customer, deque())
        while times and times[0] <= now - 7 * DAY:
            times.popleft()
        times.append(now)
        if message.kind is MessageClass.FIRST:
            self._fleet.append(now)

    def stopped(self, case: Case, what: str, decision: Decision) -> None:
        """The gate held or refused `what` of the case. Asked again for the same reason, it counts once."""
        key = (case.id, what, decision.because)
        if key in self._stopped:
            return
        self._stopped.add(key)
        account = self.rule(case.rule)
        counter = account.held if decision.verdict is Verdict.HOLD else account.refused
        counter[decision.because] += 1

    def told(self, case: CaseId, since: Moment) -> dict[CustomerId, Channel]:
        """Who has heard of the case from us since then (UTC µs), and on which channel."""
        about = self._cases.get(case) or _Case()
        return {customer: channel for customer, (channel, at) in about.told.items() if at >= since}

    def answered(self, case: CaseId) -> None:
        """The case has no open question any more."""
        for address in self._asked.pop(case, ()):
            if self._questions.get(address) == case:
                del self._questions[address]
