"""The ways to reach people, as the settings set them up: one small function for each channel."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from hub.bootstrap.push import push_of
from hub.domain.customer import Channel
from hub.ports import BadInput, Clock, Notifier
from hub.settings import Settings
from notifiers import NOTIFIERS
from notifiers.sms.channel import Account

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
    return paper, {**_sms(settings), **push_of(settings.push, clock)}


def _sms(settings: Settings) -> dict[Channel, Notifier]:
    sms = settings.sms
    if not sms.account_sid:
        return {}
    sender = sms.messaging_service or sms.sender
    if not sender or not sms.auth_token:
        raise BadInput(
            "sms", "an account without a sender or token cannot send", "Set sms.sender and sms.auth_token."
        )
    account = Account(sms.account_sid, sms.auth_token, sender, public_url(settings), sms.base_url)
    return {Channel.SMS: NOTIFIERS[Channel.SMS](account)}


def public_url(settings: Settings) -> str:
    """How the world reaches the hub."""
    return (settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")
