"""Channels: one folder each, one line in the table below. No scanning: what is not in the table does not exist.

A channel sends one envelope and tells what happened. It never retries, never decides whom to write to, and never
repeats a number, a text or a token in an error or a log line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.domain.customer import Channel
from hub.ports import Notifier
from notifiers.email.channel import Email
from notifiers.paper.channel import Paper
from notifiers.phone.channel import Phone
from notifiers.push.channel import Push
from notifiers.sms.channel import Sms
from notifiers.voice.channel import Nudge
from notifiers.whatsapp.channel import WhatsApp

NOTIFIERS: Mapping[Channel, Callable[..., Notifier]] = {
    Channel.PAPER: Paper,
    Channel.PUSH: Push,
    Channel.SMS: Sms,
    Channel.WHATSAPP: WhatsApp,
    Channel.PHONE: Phone,
    Channel.EMAIL: Email,
    Channel.VOICE: Nudge,
}
"""Channel → what builds it: `Paper(screen, file)`, `Sms(Account(…))`. Settings: see the README in its folder."""
