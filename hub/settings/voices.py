"""Sections of the settings for voices of others: homes with a Home Assistant, what listens for them, and assistants."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from hub.settings.part import Part
from hub.settings.slips import Slip


def shaped(pattern: str, cause: str, remedy: str, instead: str | None = None) -> AfterValidator:
    """Text that has to have a shape. It raises Slip."""
    shape = re.compile(pattern)

    def check(text: str) -> str:
        if shape.fullmatch(text) is None:
            raise Slip(cause, remedy, instead)
        return text

    return AfterValidator(check)


Name = Annotated[
    str,
    shaped(
        r"[a-z0-9][a-z0-9_-]{0,62}",
        "it cannot be a name",
        "Write small letters, digits, - and _, such as villa-1.",
    ),
]
Satellite = Annotated[
    str,
    shaped(
        r"assist_satellite\.[a-z0-9_]{1,200}",
        "it is no speaker",
        "Write the id that Home Assistant shows, such as assist_satellite.kitchen.",
    ),
]
Address = Annotated[
    str,
    shaped(
        r"(https?://[^/\s?#@]+(/[^\s?#]*)?)?",
        "it is no web address",
        "Write it like http://homeassistant.local:8123.",
    ),
]
Redirect = Annotated[
    str,
    shaped(
        r"https://[^\s/?#@]+[^\s#]*|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[^\s#]*)?",
        "it is no address to be sent back to",
        "Write it like https://example.com/linked, or http://127.0.0.1/linked for a program on the person's own computer.",
    ),
]
Shown = Annotated[
    str,
    shaped(
        r"(\w([\w .&+'’()-]{0,38}[\w.+)])?)?",
        "customers could not read it as a name",
        "Write at most 40 letters, digits and spaces, such as Kitchen Helper.",
    ),
]


class HomePart(Part):
    """One home with a Home Assistant. `url` is its address and `token` (or the file `token_file`) a long-lived access token:
    without an address the hub does not speak there by itself. `satellites` are its speakers, each with the id of the
    customer whose it is; one that is not listed belongs to whoever says their code to it. `listen` is the port of
    this home's Wyoming service on `host` (0: none)."""

    name: Name
    url: Address = ""
    token: str = Field(default="", repr=False)
    token_file: Path | None = None
    satellites: dict[Satellite, str] = Field(default_factory=dict)
    listen: int = Field(default=0, ge=0, le=65535)
    host: str = "127.0.0.1"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.url and not (self.token or self.token_file):
            raise Slip("this home has an address and no token", "Set token_file.")
        if not (self.url or self.listen):
            raise Slip("this home has no address and no port", "Set url, or listen.")
        return self


class VoicesPart(Part):
    """Speakers at home. `homes` is a list of tables, `[[voices.homes]]`."""

    homes: tuple[HomePart, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [home.name for home in self.homes]
        ports = [(home.host, home.listen) for home in self.homes if home.listen]
        if len(set(names)) < len(names) or len(set(ports)) < len(ports):
            raise Slip("two homes have the same name or the same port", "Give each its own name and listen.")
        return self


class AssistantPart(Part):
    """One assistant that people may let act for them, over the Model Context Protocol at `/mcp`. `id` and `secret` are what
    it signs in with at `/oauth/token` (without a secret it is a public client), `name` what customers read when it asks (empty:
    the id), `redirects` the addresses that people are sent back to, letter by letter; with http only on the person's own
    computer, where any port will do. `bare`: a refused call gets a 401 without `WWW-Authenticate`, as Amazon's wants it."""

    id: Name
    name: Shown = ""
    secret: str = Field(default="", repr=False)
    redirects: tuple[Redirect, ...] = Field(min_length=1)
    bare: bool = False


class AssistantsPart(Part):
    """Assistants with words of their own. `programs` is a list of tables, `[[assistants.programs]]`."""

    programs: tuple[AssistantPart, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [each.id for each in self.programs]
        if len(set(names)) < len(names) or "alexa" in names:
            raise Slip(
                "two assistants have the same id, or one is called `alexa`, which is the skill's",
                "Give each its own id.",
            )
        return self
