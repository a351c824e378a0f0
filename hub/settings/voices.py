"""Sections of the settings for voices of others: homes with a Home Assistant, what listens for them, and assistants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from hub.settings.part import Part

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Satellite = Annotated[str, StringConstraints(pattern=r"^assist_satellite\.[a-z0-9_]{1,200}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s?#@]+(/[^\s?#]*)?$")]


class HomePart(Part):
    """One home with a Home Assistant. `url` is its address and `token` (or the file `token_file`) a long-lived access token:
    without an address the hub does not speak there by itself. `satellites` are its speakers, each with the id of the
    customer whose it is; one that is not listed belongs to whoever says their code to it. `listen` is the port of
    this home's Wyoming service on `host` (0: none)."""

    name: Name
    url: Address | Literal[""] = ""
    token: str = Field(default="", repr=False)
    token_file: Path | None = None
    satellites: dict[Satellite, str] = Field(default_factory=dict)
    listen: int = Field(default=0, ge=0, le=65535)
    host: str = "127.0.0.1"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.url and not (self.token or self.token_file):
            raise ValueError(f"the home {self.name} has an address and no token: set token_file")
        if not (self.url or self.listen):
            raise ValueError(f"the home {self.name} has no address and no port: set url, or listen")
        return self


class VoicesPart(Part):
    """Speakers at home. `homes` is a list of tables, `[[voices.homes]]`."""

    homes: tuple[HomePart, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [home.name for home in self.homes]
        ports = [(home.host, home.listen) for home in self.homes if home.listen]
        if len(set(names)) < len(names) or len(set(ports)) < len(ports):
            raise ValueError("two homes have the same name or the same port")
        return self


class AssistantPart(Part):
    """One assistant that people may let act for them, over the Model Context Protocol at `/mcp`. `id` and `secret` are what
    it signs in with at `/oauth/token` (without a secret it is a public client), `redirects` the addresses that people are
    sent back to, letter by letter."""

    id: Name
    secret: str = Field(default="", repr=False)
    redirects: tuple[Annotated[str, StringConstraints(pattern=r"^https://[^\s#]+$")], ...] = Field(
        min_length=1
    )


class AssistantsPart(Part):
    """Assistants with words of their own. `programs` is a list of tables, `[[assistants.programs]]`."""

    programs: tuple[AssistantPart, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [each.id for each in self.programs]
        if len(set(names)) < len(names) or "alexa" in names:
            raise ValueError(
                "two assistants have the same id, or one is called `alexa`, which is the skill's"
            )
        return self
