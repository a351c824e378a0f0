"""Sections of the settings for the ways to reach people: what is empty is not set up."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hub.settings.part import Part


class SmsPart(Part):
    """Twilio. Empty means: no SMS can be sent. `opt_out` says who answers STOP: `hub`, or the `provider`."""

    account_sid: str = ""
    auth_token: str = ""
    sender: str = ""
    messaging_service: str = ""
    base_url: str = "https://api.twilio.com"
    opt_out: Literal["hub", "provider"] = "hub"


class AlexaPart(Part):
    """The Alexa skill. `roots` is a PEM file of certificate authorities (empty: the public ones)."""

    skill_id: str = ""
    roots: Path | None = None


class PaperPart(Part):
    """Where messages are written down while nothing may leave."""

    file: Path = Path("data/paper.txt")
