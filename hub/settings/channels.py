"""Sections of the settings for the ways to reach people: what is empty is not set up."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from hub.settings.kinds import Duration, Mailbox, MaybeTelephone, WebAddress
from hub.settings.part import Part
from hub.settings.voices import Redirect

Class = Literal["any", "first", "reminder", "turn", "agent", "recovery", "compliance", "safety"]


class SmsPart(Part):
    """Twilio. Empty means: no SMS can be sent. `opt_out` says who answers STOP: `hub`, or the `provider`. With
    `deactivations` the carrier's daily list of numbers that were given up is read (United States)."""

    account_sid: str = ""
    auth_token: str = ""
    sender: str = ""
    messaging_service: str = ""
    base_url: WebAddress = "https://api.twilio.com"
    opt_out: Literal["hub", "provider"] = "hub"
    deactivations: bool = False


class WhatsAppPart(Part):
    """WhatsApp through the account of `[sms]`. `sender` is your WhatsApp number; `templates` are approved ones (`HX…`) by
    class of message (or `any`) and language, `variables` what fills their {{1}}, {{2}} …"""

    sender: MaybeTelephone = ""
    messaging_service: str = ""
    templates: dict[Class, dict[str, str]] = Field(default_factory=dict)
    variables: tuple[Literal["brand", "subject", "text", "link"], ...] = ("text",)


class PhonePart(Part):
    """Automated calls through the account of `[sms]`. `sender` is the number that calls; `ring` for how many seconds;
    `person` the number that a customer is connected to who asks for a person (empty: your team calls back)."""

    sender: MaybeTelephone = ""
    base_url: WebAddress = "https://api.twilio.com"
    ring: int = Field(default=25, ge=5, le=600)
    person: MaybeTelephone = ""


class EmailPart(Part):
    """Mails by SMTP. Empty means: no mail can be sent. `sender` is `Name <address>`; `tls` is `starttls`, `tls` from the
    first byte, or `none` (a server on this machine)."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: Mailbox = ""
    reply_to: Mailbox = ""


class WebhooksPart(Part):
    """Events for your own systems (Standard Webhooks). `secrets` are `whsec_…`: every one of them signs, so that an old one
    can stay until the new one is everywhere. `events` are the types to send (empty: all). An event that your system keeps
    refusing is given up after `give_up`."""

    url: WebAddress = ""
    secrets: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    give_up: Duration = 3 * 86_400_000_000


class AlexaPart(Part):
    """The Alexa skill. `roots` is a PEM file of certificate authorities (empty: the public ones). With `client_id` and
    `client_secret` the hub lights up speakers of people who allow it; `api_url` is Amazon's address for your region. With
    `link_secret` and `link_redirects` (as the skill's page shows them) customers link their account in the Alexa app; the
    client id to enter there is `alexa`. `privacy_url` and `terms_url` are your pages for the skill's store, where `{lang}`
    stands for the language."""

    skill_id: str = ""
    roots: Path | None = None
    client_id: str = ""
    client_secret: str = ""
    stage: Literal["development", "live"] = "live"
    api_url: WebAddress = "https://api.amazonalexa.com"
    login_url: WebAddress = "https://api.amazon.com/auth/o2/token"
    link_secret: str = ""
    link_redirects: tuple[Redirect, ...] = ()
    privacy_url: WebAddress = ""
    terms_url: WebAddress = ""


class PaperPart(Part):
    """Where messages are written down while nothing may leave."""

    file: Path = Path("data/paper.txt")
