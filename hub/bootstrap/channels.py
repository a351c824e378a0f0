"""The ways to reach people, as the settings set them up: one small function for each channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TextIO

from hub.bootstrap.push import push_of
from hub.domain.customer import Channel
from hub.domain.sealed import UNSUBSCRIBE, seal
from hub.ports import BadInput, Clock, Notifier
from hub.settings import Settings
from hub.settings.channels import SmsPart, WhatsAppPart
from hub.settings.slips import Problems
from notifiers import NOTIFIERS
from notifiers.email.channel import Mailing
from notifiers.twilio_wire import Account
from notifiers.voice.channel import Skill
from notifiers.whatsapp.channel import Templates

ACCOUNT = "Set sms.account_sid and sms.auth_token."
FOLDER = "Name a folder that this user may write to."


def notifiers_of(
    settings: Settings, screen: TextIO | None, clock: Clock
) -> tuple[Notifier, dict[Channel, Notifier]]:
    """The paper that everything is written on while nothing may leave, and the channels that are set up."""
    folder = Path(settings.paper.file).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("paper.file", f"{folder} cannot be used: {error.strerror}", FOLDER) from None
    paper = NOTIFIERS[Channel.PAPER](screen, settings.paper.file)
    return paper, built(settings, clock)


def built(settings: Settings, clock: Clock) -> dict[Channel, Notifier]:
    """The channels that are set up. Raises BadSettings for those that cannot work; opens nothing."""
    channels: dict[Channel, Notifier] = {}
    problems = Problems()
    for build in (_carried, _push, _email, _voice):
        with problems.kept():
            channels |= build(settings, clock)
    problems.told()
    return channels


def channels_of(settings: Settings) -> frozenset[Channel]:
    """The channels that are set up. Texts always: while nothing may leave they are written on paper."""
    part = settings
    routes = (part.push.vapid_key, part.push.fcm_account, part.push.apns_key, part.push.app_url)
    there = {
        Channel.PUSH: any((*routes, part.push.ntfy_url, part.push.ha_url)),
        Channel.WHATSAPP: _sender(part.whatsapp),
        Channel.PHONE: part.phone.sender,
        Channel.EMAIL: part.email.host,
        Channel.VOICE: part.alexa.client_id or any(home.url for home in part.voices.homes),
    }
    return frozenset({Channel.PAPER, Channel.SMS} | {channel for channel, found in there.items() if found})


def _push(settings: Settings, clock: Clock) -> dict[Channel, Notifier]:
    return push_of(settings.push, clock)


def _carried(settings: Settings, _: Clock) -> dict[Channel, Notifier]:
    """What goes through Twilio, all by the account of `[sms]`."""
    sms, phone = settings.sms, settings.phone
    text, chat = _sender(sms), _sender(settings.whatsapp)
    problems = Problems()
    for place, sender in (("sms", text), ("whatsapp", chat), ("phone", phone.sender)):
        with problems.kept():
            if sender and not (sms.account_sid and sms.auth_token):
                raise BadInput(place, "a sender without an account cannot send", ACCOUNT)
    problems.told()
    if sms.account_sid and not ((text or chat or phone.sender) and sms.auth_token):
        raise BadInput(
            "sms", "an account without a sender or token cannot send", "Set sms.sender and sms.auth_token."
        )
    found: dict[Channel, Notifier] = {}
    account = sms_account(settings)
    if account is None:
        return found
    if text:
        found[Channel.SMS] = NOTIFIERS[Channel.SMS](account)
    if chat:
        templates = Templates(templates_of(settings.whatsapp), settings.whatsapp.variables)
        found[Channel.WHATSAPP] = NOTIFIERS[Channel.WHATSAPP](replace(account, sender=chat), templates)
    if phone.sender:
        calls = replace(account, sender=phone.sender, api=phone.base_url)
        found[Channel.PHONE] = NOTIFIERS[Channel.PHONE](calls, phone.ring)
    return found


def sms_account(settings: Settings) -> Account | None:
    """The account at the carrier, as `[sms]` names it; None without one."""
    sms = settings.sms
    if not sms.account_sid:
        return None
    return Account(sms.account_sid, sms.auth_token, _sender(sms), public_url(settings), sms.base_url)


def templates_of(part: WhatsAppPart) -> dict[str, dict[str, str]]:
    """The approved templates, by class of message and language."""
    return {str(kind): by_language for kind, by_language in part.templates.items()}


def _sender(part: SmsPart | WhatsAppPart) -> str:
    return part.messaging_service or part.sender


def _email(settings: Settings, clock: Clock) -> dict[Channel, Notifier]:
    part = settings.email
    if not part.host:
        return {}
    problems = Problems()
    with problems.kept():
        if not part.sender:
            remedy = "Write it like Nordwarm <care@nordwarm.example>."
            raise BadInput("email.sender", "a mail needs a sender", remedy)
    with problems.kept():
        if part.user and part.tls == "none":
            raise BadInput("email.tls", "a password must not travel in the open", "Use starttls or tls.")
    problems.told()

    def unsubscribe(message: str) -> str:
        return f"{public_url(settings)}/hooks/email/{seal(settings.store.secret, UNSUBSCRIBE, message)}"

    access = Mailing(
        part.host,
        part.port,
        part.sender,
        unsubscribe,
        part.user,
        part.password,
        part.tls,
        part.reply_to,
    )
    return {Channel.EMAIL: NOTIFIERS[Channel.EMAIL](access, clock)}


def _voice(settings: Settings, clock: Clock) -> dict[Channel, Notifier]:
    part = settings.alexa
    if not part.client_id:
        return {}
    if not (part.client_secret and part.skill_id):
        raise BadInput(
            "alexa", "notices need the skill's id and both client values", "Set alexa.client_secret too."
        )
    skill = Skill(
        part.client_id, part.client_secret, settings.policy.brand, part.stage, part.api_url, part.login_url
    )
    return {Channel.VOICE: NOTIFIERS[Channel.VOICE](skill, clock)}


def public_url(settings: Settings) -> str:
    """How the world reaches the hub."""
    return (settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")
