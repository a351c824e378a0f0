"""Settings: `beforehand.toml` and `BEFOREHAND_*`, read once, refused when they make no sense.

`BEFOREHAND_MQTT_URL` sets `url` in `[mqtt]`; `BEFOREHAND_SMS_AUTH_TOKEN_FILE` reads the secret from a file. An
unknown name is an error that suggests the nearest one. What is not set stays unset until both sources are merged.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_origin

from pydantic import Field, PrivateAttr, ValidationError

from hub.ports import BadInput
from hub.settings.bookings import BookingsPart as BookingsPart
from hub.settings.channels import (
    AlexaPart,
    EmailPart,
    PaperPart,
    PhonePart,
    SmsPart,
    WebhooksPart,
    WhatsAppPart,
)
from hub.settings.incidents import IncidentsPart
from hub.settings.kinds import Duration, WebAddress
from hub.settings.mapping import Mapping_ as Mapping_
from hub.settings.operators import OperatorsPart
from hub.settings.part import Part
from hub.settings.places import placed
from hub.settings.policy import PolicyPart as PolicyPart
from hub.settings.push import PushPart
from hub.settings.schema import default_at, kind_at
from hub.settings.sending import SendingPart
from hub.settings.slips import BadSettings, Slip
from hub.settings.sources import Sources, Step, from_file, overlay
from hub.settings.voices import AssistantsPart, VoicesPart
from hub.settings.wording import in_words, path_of

DEFAULT_SECRET = "change-me"  # noqa: S105 - told by `check` and `run`, refused before a message may leave


class StorePart(Part):
    """Where everything is kept. `secret` keys the suppression list and signs sessions: set it once, keep it. `keep`: how long
    closed cases are kept, with all that was said (13 months). `erasures`: the list of who was erased, hashes only, which
    `restore` reads (empty: `erasures.jsonl` beside the store's file, or, with PostgreSQL, beside the log)."""

    dsn: str = "sqlite:///data/hub.sqlite"
    secret: str = Field(default=DEFAULT_SECRET, min_length=8)
    keep: Duration = 396 * 86_400_000_000
    erasures: Path | None = None


class LogPart(Part):
    """The telemetry log: a directory of hourly segments, kept `keep` long."""

    path: Path = Path("data/log")
    partitions: int = Field(default=16, ge=1, le=256)
    keep: Duration = 14 * 86_400_000_000


class MqttPart(Part):
    """The broker. `url` is mqtt://, mqtts://, ws:// or wss:// with host and port; `version` 5 falls back to 3.1.1."""

    url: str = "mqtt://127.0.0.1:1883"
    user: str = ""
    password: str = ""
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    client_id: str = "beforehand-hub"
    version: Literal["auto", "5", "3.1.1"] = "auto"
    topics: tuple[str, ...] = (
        "devices/+/telemetry",
        "devices/+/events",
        "devices/+/status",
        "devices/+/commands/+/result",
    )
    unknown_devices: Literal["quarantine", "admit", "refuse"] = "quarantine"
    mapping: tuple[Mapping_, ...] = ()


class WebPart(Part):
    """Where the console, the API and the hooks listen. `public_url` is how the world reaches them."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: WebAddress = ""


class RulesPart(Part):
    """Rule books: names of shipped packs (`heatpump`) or folders with a rules.yaml and a plays.yaml. The hub speaks the
    languages English, German, Spanish and Chinese. Every pack needs English; in a language that a pack does not use at all,
    whoever reads it is told of its devices in English, which `check` says."""

    packs: tuple[str, ...] = ("heatpump", "fridge", "router", "washer")


class Settings(Part):
    """Everything that can be set. `clock` is for simulations only: EPOCH@ANCHORxRATE."""

    store: StorePart = StorePart()
    log: LogPart = LogPart()
    mqtt: MqttPart = MqttPart()
    web: WebPart = WebPart()
    rules: RulesPart = RulesPart()
    sms: SmsPart = SmsPart()
    whatsapp: WhatsAppPart = WhatsAppPart()
    phone: PhonePart = PhonePart()
    email: EmailPart = EmailPart()
    webhooks: WebhooksPart = WebhooksPart()
    alexa: AlexaPart = AlexaPart()
    voices: VoicesPart = VoicesPart()
    assistants: AssistantsPart = AssistantsPart()
    push: PushPart = PushPart()
    paper: PaperPart = PaperPart()
    policy: PolicyPart = PolicyPart()
    incidents: IncidentsPart = IncidentsPart()
    bookings: BookingsPart = BookingsPart()
    operators: OperatorsPart = OperatorsPart()
    sending: SendingPart = SendingPart()
    clock: str = ""
    _sources: Sources = PrivateAttr(default_factory=Sources)

    @property
    def sources(self) -> Sources:
        """Where what is set was written."""
        return self._sources


Places = frozenset[tuple[Step, ...]]


class BadPart(BadSettings):
    """Settings that are refused, and `rest`: what can be used of them, so that it can be looked at, too. What could not was left
    out at the places `gone`, and replaced by something harmless at the places `replaced`."""

    def __init__(self, problems: Sequence[BadInput], rest: Settings, gone: Places, replaced: Places) -> None:
        super().__init__(problems)
        self.rest, self.gone, self.replaced = rest, gone, replaced


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of `file` (default `beforehand.toml` where it exists) overlaid with `environ`.

    Relative paths count from the folder of the settings file. Raises BadInput for an unreadable file, BadPart with all mistakes,
    each with place, cause and remedy.
    """
    path = file or Path("beforehand.toml")
    data, sources = from_file(path, required=file is not None)
    problems = overlay(data, sources, environ, names(), _is_list)
    settings, broken = _settled(data, sources, problems)
    gone = frozenset(path for path, without in broken.items() if without) | sources.unread
    settings = settings if file is None else placed(settings, file.resolve().parent)
    settings._sources = sources
    if problems:
        raise BadPart(sources.in_order(problems), settings, gone, frozenset(broken) - gone)
    return settings


def _settled(
    data: dict[str, Any], sources: Sources, problems: list[BadInput]
) -> tuple[Settings, dict[tuple[Step, ...], bool]]:
    """The settings without what cannot be used, which is added to `problems`; and where that was, with whether something is
    missing there now."""
    broken: dict[tuple[Step, ...], bool] = {}
    while True:
        try:
            return Settings.model_validate(data), broken
        except ValidationError as error:
            problems += in_words(error, sources, Settings)
            for mistake in error.errors():
                slip = mistake.get("ctx", {}).get("error")
                instead = slip.instead if isinstance(slip, Slip) else None
                place = _left_out(data, path_of(mistake), instead, broken)
                broken[place] = (
                    broken.get(place, True) and instead is None and not default_at(Settings, place)
                )


def _left_out(
    data: dict[str, Any], path: tuple[Step, ...], instead: str | None, already: Container[tuple[Step, ...]]
) -> tuple[Step, ...]:
    """Take the setting at `path` out of `data`, or put something harmless there `instead`; where the section itself is what is
    wrong, all of it. Answers which."""
    section, name = path[0], path[1] if len(path) > 1 else None
    within = data.get(str(section))
    if path[:2] in already or path[:1] in already:
        return path[:2] if path[:2] in already else path[:1]
    if name is None or not isinstance(within, dict) or name not in within:
        data.pop(str(section), None)
        return path[:1]
    if instead is not None and len(path) == 2:
        within[name] = instead
    else:
        del within[name]
    return path[:2]


def _is_list(section: str, name: str) -> bool:
    return get_origin(kind_at(Settings, tuple(filter(None, (section, name))))) is tuple


def names() -> dict[str, tuple[str, str]]:
    """Every environment name → (section, field); the section is empty for fields at the top."""
    table: dict[str, tuple[str, str]] = {}
    for section, field in Settings.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and issubclass(part, Part):
            table |= {f"BEFOREHAND_{section}_{name}".upper(): (section, name) for name in part.model_fields}
        else:
            table[f"BEFOREHAND_{section}".upper()] = ("", section)
    return table
