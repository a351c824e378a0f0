"""The files of the Alexa skill, for the hub of these settings."""

from __future__ import annotations

from pathlib import Path

from hub.bootstrap.channels import public_url
from hub.settings import Settings
from voice_skills.alexa_package import LINKING as LINKING
from voice_skills.alexa_package import Wanted, write


def write_skill(settings: Settings, folder: Path, url: str = "", called: str = "") -> list[Path]:
    """Write the skill's package into `folder`; `url` is the hub's public address (empty: that of the settings), `called` how
    people call the skill. Raises BadInput for what Amazon would refuse."""
    wanted = Wanted(
        brand=settings.policy.brand,
        url=url or public_url(settings),
        privacy=settings.alexa.privacy_url,
        terms=settings.alexa.terms_url,
        called=called,
        secret=settings.alexa.link_secret,
    )
    return write(folder, wanted)
