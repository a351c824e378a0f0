"""Settings: `beforehand.toml` and `BEFOREHAND_*`, read once, refused when they make no sense.

`BEFOREHAND_MQTT_URL` sets `url` in `[mqtt]`; `BEFOREHAND_SMS_AUTH_TOKEN_FILE` reads the secret from a file. An
unknown name is an error that suggests the nearest one. What is not set stays unset until both sources are merged.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

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
from hub.settings.kinds import Duration
from hub.settings.operators import OperatorsPart
from hub.settings.part import Part
from hub.settings.places import placed
from hub.settings.policy import PolicyPart as PolicyPart
from hub.settings.push import PushPart
from hub.settings.sending import SendingPart
from hub.settings.voices import AssistantsPart, VoicesPart

# Names of the tests' own switches: not settings of the hub, and no mistakes either.
_NOT_OURS = {
    "BEFOREHAND_CONTRACTS",
    "BEFOREHAND_RACE",
    "BEFOREHAND_EXAMPLES",
    "BEFOREHAND_KILLS",
    "BEFOREHAND_NO_SKIPS",
    "BEFOREHAND_STORM",
}


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


class Mapping_(Part):  # noqa: N801 - `Mapping` is the typing name
    """A maker's own JSON: which topic, which path is which metric, which unit, which time."""

    topic: str
    model: str = ""
    metrics: dict[str, Any] = Field(default_factory=dict)
    time: str = ""
    time_format: str = ""
    presence: dict[str, Any] = Field(default_factory=dict)
    events: dict[str, Any] = Field(default_factory=dict)


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
    public_url: str = ""


class RulesPart(Part):
    """Rule books: names of shipped packs (`heatpump`) or folders with a rules.yaml and a plays.yaml. The hub speaks the
    languages in which every pack is written, of English (which every pack needs), German, Spanish and Chinese; one that a
    pack does not use at all is left out, with a warning when the hub starts."""

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


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of `file` (default `beforehand.toml` where it exists) overlaid with `environ`.

    Relative paths count from the folder of the settings file. Raises BadInput with place, cause and remedy for an unknown
    name, a wrong value or an unreadable file.
    """
    path = file or Path("beforehand.toml")
    data = _from_file(path, required=file is not None)
    for place, section, name, value in _from_environ(environ):
        target = data.setdefault(section, {}) if section else data
        if not isinstance(target, dict):
            raise BadInput(place, f"[{section}] is not a table in {path}", "Write it as a table.")
        target[name] = value
    try:
        settings = Settings.model_validate(data)
        return settings if file is None else placed(settings, file.resolve().parent)
    except ValidationError as error:
        raise _in_words(error, path) from None


def _from_file(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.exists():
        if required:
            raise BadInput(str(path), "there is no such file", "Name another with --config.")
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"it is not TOML: {error}", "Mend that line.") from None


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


def _from_environ(environ: Mapping[str, str]) -> list[tuple[str, str, str, object]]:
    known, found = names(), []
    for name, value in sorted(environ.items()):
        if not name.startswith("BEFOREHAND_") or name in _NOT_OURS:
            continue
        plain = name.removesuffix("_FILE") if name not in known else name
        if plain not in known:
            near = difflib.get_close_matches(name, [*known], 1)
            raise BadInput(
                name,
                "there is no such setting",
                f"Did you mean {near[0]}?" if near else "See docs/settings.md.",
            )
        section, field = known[plain]
        found.append(
            (name, section, field, _value(name, value, read=plain != name, section=section, field=field))
        )
    return found


def _value(name: str, value: str, *, read: bool, section: str, field: str) -> object:
    """The text, the text of the file it names, or a list where the setting is one (comma-separated)."""
    if read:
        try:
            value = Path(value).read_text().strip()
        except OSError as error:
            raise BadInput(
                name, f"its file cannot be read: {error.strerror}", "Check path and rights."
            ) from None
    if section:
        kind = str(getattr(Settings.model_fields[section].annotation, "model_fields", {})[field].annotation)
        if kind.startswith("tuple["):
            return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _in_words(error: ValidationError, path: Path) -> BadInput:
    """One sentence per mistake: where, what, and the nearest right name for an unknown one."""
    lines = []
    for mistake in error.errors():
        where = ".".join(str(part) for part in mistake["loc"])
        if mistake["type"] == "extra_forbidden":
            section = Settings.model_fields.get(str(mistake["loc"][0]))
            known = getattr(section.annotation, "model_fields", {}) if section else Settings.model_fields
            near = difflib.get_close_matches(str(mistake["loc"][-1]), [*known], 1)
            lines.append(
                f"{where}: there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
            )
        else:
            lines.append(f"{where}: {mistake['msg'].removeprefix('Value error, ')}")
    return BadInput(str(path), "; ".join(lines), "See docs/settings.md for every name and its default.")
