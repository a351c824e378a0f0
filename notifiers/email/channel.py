"""The channel `email`: mails by SMTP, in plain words and as a quiet page, with a way out that is one click long.

It sends one envelope and translates what the server said. It never retries, never looks into a mailbox, and never repeats
an address, a text or the password in an outcome, an error or a log line.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr
from typing import Literal

import structlog
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPAuthenticationError, SMTPException, SMTPResponseException

from hub.domain.customer import Channel
from hub.ports import Accepted, Clock, Envelope, InDoubt, Outcome, TryLater, Undeliverable
from notifiers.email.letter import page, subject

# Replies to RCPT that say the mailbox will never take a mail (RFC 5321, 4.2.3): no such mailbox, not here, not a name.
DEAD = frozenset({550, 551, 553})
NOT_THE_MAILBOX = ("5.7.", "5.2.2", "5.3.", "5.4.")
"""Enhanced codes (RFC 3463) of a 550 that is about policy, a full mailbox or the network, and not about the address."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mailing:
    """Through which server and as whom to send. `sender` is `Name <address>`; `unsubscribe` makes the link for an outbox
    id. `tls` is `starttls`, `tls` from the first byte, or `none` (a server on this machine). `trust` are certificates."""

    host: str
    port: int
    sender: str
    unsubscribe: Callable[[str], str]
    user: str = ""
    password: str = ""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    reply_to: str = ""
    timeout: float = 15.0
    trust: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return f"Mailing({self.host!r}, {self.port})"


class Email:
    """One connection for each mail: few leave, and a server that is shut in between is no trouble."""

    channel = Channel.EMAIL
    provider = "mail"
    at_once = 4
    in_doubt = "park"  # SMTP cannot be asked what it has taken

    def __init__(self, mailing: Mailing, clock: Clock) -> None:
        self._mailing, self._clock = mailing, clock

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand the mail to the server. Only a break after the words have been given leaves it in doubt."""
        m = self._mailing
        try:
            mail = self.written(envelope).as_bytes(policy=SMTP_POLICY)
            envelope.to.encode("ascii")
        except ValueError:  # a line break in the address, or letters that mail cannot carry there
            return Undeliverable("not_an_address", dead=True)
        smtp = SMTP(
            hostname=m.host,
            port=m.port,
            timeout=m.timeout,
            use_tls=m.tls == "tls",
            start_tls=m.tls == "starttls",
            tls_context=m.trust,
        )
        given = False
        try:
            await smtp.connect()
            if m.user:
                await smtp.login(m.user, m.password)
            await smtp.mail(parseaddr(m.sender)[1])
            recipient = await _recipient(smtp, envelope.to)
            if recipient is not None:
                return recipient
            given = True
            await smtp.data(mail)
        except SMTPResponseException as error:
            return _refused(error)
        except (SMTPException, OSError) as error:
            return InDoubt(type(error).__name__) if given else TryLater(type(error).__name__)
        finally:
            smtp.close()
        return Accepted(self.message_id(envelope))

    def written(self, envelope: Envelope) -> EmailMessage:
        """The whole mail. Its Message-ID and the link are made from the outbox id: the same mail is the same."""
        m, mail = self._mailing, EmailMessage()
        link = m.unsubscribe(envelope.id)
        mail["From"] = m.sender
        mail["To"] = envelope.to
        mail["Subject"] = subject(envelope)
        mail["Date"] = formatdate(self._clock.now() / 1_000_000)
        mail["Message-ID"] = self.message_id(envelope)
        if m.reply_to:
            mail["Reply-To"] = m.reply_to
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = envelope.language
        mail["List-Unsubscribe"] = f"<{link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        plain, html = page(envelope, link)
        mail.set_content(plain)
        mail.add_alternative(html, subtype="html")
        return mail

    def message_id(self, envelope: Envelope) -> str:
        """The mail's name for ever."""
        return f"<{envelope.id}@{parseaddr(self._mailing.sender)[1].rpartition('@')[2]}>"

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """SMTP cannot tell."""
        return InDoubt("smtp_cannot_tell")

    async def close(self) -> None:
        """Nothing to give back: each mail has a connection of its own."""


async def _recipient(smtp: SMTP, to: str) -> Outcome | None:
    """Name the recipient; None when the server takes mails for them."""
    try:
        await smtp.rcpt(to)
    except SMTPResponseException as error:
        if error.code < 500:
            return TryLater(str(error.code))
        about_us = error.message.startswith(NOT_THE_MAILBOX)
        return Undeliverable(str(error.code), dead=error.code in DEAD and not about_us)
    return None


def _refused(error: SMTPResponseException) -> Outcome:
    """What a refusal outside RCPT means. Being turned away ourselves is for the operator, not the customer's fault."""
    code = str(error.code)
    if error.code < 400:  # neither yes nor no
        return InDoubt(code)
    if isinstance(error, SMTPAuthenticationError) or error.code in (530, 535):
        log.error("email_account_refused", code=code, remedy="check email.user and email.password")
        return TryLater(code)
    return TryLater(code) if error.code < 500 else Undeliverable(code)
