"""Every channel with the world behind it, for the contract suite: a server that speaks the real wire."""

import io
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Envelope, Notifier
from notifiers.email.channel import Email, Mailing
from notifiers.paper.channel import Paper
from notifiers.phone.channel import Phone
from notifiers.sms.channel import Sms
from notifiers.twilio_wire import Account
from notifiers.voice.channel import Nudge, Skill
from notifiers.whatsapp.channel import Templates, WhatsApp
from simulators.alexa_events import Events
from simulators.carrier import Carrier
from simulators.mail import MailServer
from simulators.phone import PhoneCompany

START = micros("2026-11-21T17:00:00Z")
TEXT = "Nordwarm: Ada, your heat pump is icing up. Reply 1 or 2. STOP ends."
ADA, BEN = "+46701740605", "+46701740606"
TEMPLATE = "HX" + "be4e" * 8
HUB = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class World:
    """A channel, a way to count what really left, and one to put its world out of order. `ada` and `ben` are addresses."""

    notifier: Notifier
    sent: Callable[[], int]
    breaks: Callable[[], object]
    ada: str = ADA
    ben: str = BEN

    @property
    def hello(self) -> Envelope:
        """The first message to Ada."""
        return Envelope("msg_0001", self.ada, TEXT, "en", MessageClass.FIRST, START, brand="Nordwarm")

    @property
    def other(self) -> Envelope:
        """Another message to Ben."""
        return Envelope("msg_0002", self.ben, "Another. STOP ends.", "en", MessageClass.FIRST, START)


@asynccontextmanager
async def paper(folder: Path) -> AsyncIterator[World]:
    file = folder / "sent" / "paper.jsonl"
    file.parent.mkdir()
    notifier = Paper(io.StringIO(), file)
    yield World(
        notifier,
        lambda: file.read_text().count("msg_") if file.exists() else 0,
        lambda: file.parent.rename(folder / "gone"),
    )
    await notifier.close()


def account(own: object, url: str) -> Account:
    """The account at a simulated carrier."""
    sid, token, number = (str(getattr(own, name)) for name in ("sid", "token", "number"))
    return Account(sid, token, number, HUB, url, timeout=2.0)


@asynccontextmanager
async def sms(folder: Path) -> AsyncIterator[World]:
    async with Carrier(fast_clock(START, 60)) as carrier:
        notifier = Sms(account(carrier.account, carrier.url))
        yield World(notifier, lambda: len(carrier.created()), lambda: carrier.misbehave("busy", times=None))
        await notifier.close()


@asynccontextmanager
async def whatsapp(folder: Path) -> AsyncIterator[World]:
    async with Carrier(fast_clock(START, 60)) as carrier:
        carrier.templates[TEMPLATE] = "{{1}}"
        templates = Templates({"any": {"en": TEMPLATE}})
        notifier = WhatsApp(account(carrier.account, carrier.url), templates)
        yield World(notifier, lambda: len(carrier.created()), lambda: carrier.misbehave("busy", times=None))
        await notifier.close()


@asynccontextmanager
async def phone(folder: Path) -> AsyncIterator[World]:
    async with PhoneCompany(fast_clock(START, 60)) as company:
        notifier = Phone(account(company.account, company.url))
        yield World(notifier, lambda: len(company.calls), lambda: company.misbehave("busy", times=None))
        await notifier.close()


@asynccontextmanager
async def email(folder: Path) -> AsyncIterator[World]:
    async with MailServer() as server:
        mailing = Mailing(
            "127.0.0.1",
            server.port,
            "Nordwarm <care@nordwarm.example>",
            lambda message: f"{HUB}/hooks/email/{message}.seal",
            tls="none",
        )
        notifier = Email(mailing, fast_clock(START, 60))

        def breaks() -> None:
            server.answers["RCPT"] = "451 4.7.1 Greylisted"

        yield World(notifier, lambda: len(server.mails), breaks, "ada@home.example", "ben@home.example")
        await notifier.close()


@asynccontextmanager
async def voice(folder: Path) -> AsyncIterator[World]:
    clock = fast_clock(START, 1)
    async with Events(clock) as amazon:
        users = ("amzn1.ask.account.ADA", "amzn1.ask.account.BEN")
        amazon.subscribed.update(users)
        skill = Skill(*amazon.client, "Nordwarm", api=amazon.api, login=amazon.login)
        notifier = Nudge(skill, clock)
        yield World(
            notifier, lambda: len(amazon.taken), lambda: amazon.next_answers.extend([429] * 9), *users
        )
        await notifier.close()


WORLDS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[World]]] = {
    "paper": paper,
    "sms": sms,
    "whatsapp": whatsapp,
    "phone": phone,
    "email": email,
    "voice": voice,
}
