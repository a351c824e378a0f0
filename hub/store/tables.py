"""The tables: what is kept, and the unique indexes that absorb whatever is redelivered, restarted or raced.

Moments are BIGINT UTC µs; JSON is TEXT; enums are their names or values. Personal data (names, addresses) lives in
`persons` and `addresses` and nowhere else. The database is made by the migrations, never from this file; a test
compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Long = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite counts up INTEGER keys only; its integers are 64 bits


def _key(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, primary_key=True) for name in names]


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _maybe_text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=True) for name in names]


def _number(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _maybe(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=True) for name in names]


def _seq() -> Column[Any]:
    return Column("seq", Long, primary_key=True, autoincrement=True)


def _of(name: str, target: str, *, key: bool = True) -> Column[Any]:
    """A reference, checked when the transaction ends, so that its lines may be written in any order."""
    held = ForeignKey(target, deferrable=True, initially="DEFERRED")
    return Column(name, Text, held, primary_key=key, nullable=False)


# Devices and where they stand
devices = Table(
    "devices",
    metadata,
    *_key("id"),
    *_text("model", "name", "serial", "firmware", "room", "admission", "attributes"),
    *_maybe("firmware_since"),
    *_maybe_text("site"),
    Index(None, "site"),
    Index(None, "serial"),
)
placements = Table(
    "placements",
    metadata,
    _of("device", "devices.id"),
    _of("site", "sites.id", key=False),
    Column("since", BigInteger, primary_key=True),
    *_maybe("until"),
    Index(None, "site"),
)
device_states = Table(
    "device_states",
    metadata,
    *_key("device"),
    *_text("presence", "presence_reason", "readings"),
    *_maybe("presence_since", "received"),
)

# People
sites = Table("sites", metadata, *_key("id"), *_text("zone", "country", "label"))
customers = Table(
    "customers",
    metadata,
    *_key("id"),
    *_text("language", "zone"),
    *_number("quiet_begins", "quiet_ends", "wake_me"),
)
persons = Table("persons", metadata, _of("customer", "customers.id"), *_text("name"))
addresses = Table(
    "addresses",
    metadata,
    *_key("id"),
    _of("customer", "customers.id", key=False),
    *_text("channel", "value", "health"),
    *_number("rank"),
    Index(None, "customer"),
    Index(None, "channel", "value"),
)
residences = Table(
    "residences",
    metadata,
    _of("site", "sites.id"),
    _of("customer", "customers.id"),
    *_key("role"),
    Column("since", BigInteger, primary_key=True),
    *_maybe("until"),
    Index(None, "customer"),
)
bases = Table(
    "bases",
    metadata,
    _seq(),
    *_text("customer", "purpose", "channel", "kind", "country", "who", "how", "wording"),
    *_number("at"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)
suppressions = Table("suppressions", metadata, *_key("hash"), *_number("since"), *_text("because"))

# Faults and cases
faults = Table(
    "faults",
    metadata,
    *_key("id"),
    *_text("device", "rule", "severity", "change"),
    *_number("number", "raised", "known_before_live"),
    *_maybe("cleared"),
    Index(None, "device", "cleared"),
    Index(None, "raised"),
)
cases = Table(
    "cases",
    metadata,
    *_key("id"),
    *_text("device", "family", "rule", "severity", "state", "ladder", "acknowledged_by", "closing"),
    *_maybe_text("site", "needs_agent", "agent"),
    *_number("opened", "step", "proved", "asked_by_customer", "version", "is_open"),
    *_maybe("acknowledged", "contacted", "closed"),
    Index(None, "device", "opened"),
    Index(None, "site"),
    Index(None, "is_open", "opened"),
)
Index(
    "uq_cases_open_device_family",
    cases.c.device,
    cases.c.family,
    unique=True,
    sqlite_where=text("is_open = 1"),
    postgresql_where=text("is_open = 1"),
)
case_faults = Table(
    "case_faults",
    metadata,
    _of("fault", "faults.id"),
    _of("case", "cases.id", key=False),
    Index(None, "case"),
)
packets = Table(
    "packets",
    metadata,
    _of("case", "cases.id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_number("at"),
    *_text("body", "sha256"),
)

# Contacts, messages and what was decided about them
contacts = Table("contacts", metadata, *_key("id"), *_text("customer", "channel", "step"), *_number("at"))
case_contacts = Table(
    "case_contacts", metadata, *_key("case"), _of("contact", "contacts.id"), Index(None, "contact")
)
messages = Table(
    "messages",
    metadata,
    _seq(),
    Column("id", Text, nullable=False, unique=True),
    *_text("contact", "customer", "channel", "kind", "direction", "phrases", "language", "text", "status"),
    *_text("provider_id", "because", "written_by"),
    *_maybe_text("case", "address"),
    *_number("at", "question"),
    *_maybe("expires"),
    Index(None, "case"),
    Index(None, "customer", "at"),
    Index(None, "kind", "at"),
    sqlite_autoincrement=True,
)
Index(
    "uq_messages_channel_provider_id",
    messages.c.channel,
    messages.c.provider_id,
    unique=True,
    sqlite_where=text("provider_id <> ''"),
    postgresql_where=text("provider_id <> ''"),
)
decisions = Table(
    "decisions",
    metadata,
    _seq(),
    *_text("message", "verdict", "because", "stages", "inputs"),
    *_maybe_text("case"),
    *_number("at"),
    *_maybe("until"),
    Index(None, "case"),
    sqlite_autoincrement=True,
)
questions = Table(
    "questions", metadata, *_key("address"), *_text("case"), *_number("at"), Index(None, "case")
)

# Conversations and voices
conversations = Table("conversations", metadata, *_key("case"), *_text("body"))
replies = Table("replies", metadata, *_key("channel", "key"), *_text("reply"), *_number("at"))
links = Table("links", metadata, *_key("platform", "user"), *_text("customer"), *_number("at"))
codes = Table("codes", metadata, *_key("hash"), *_text("customer"), *_number("expires"))

# The timeline, and what is still owed
facts = Table(
    "facts",
    metadata,
    _seq(),
    *_number("at"),
    *_text("kind", "because", "data"),
    *_maybe_text("case", "device"),
    Index(None, "case"),
    Index(None, "device"),
    sqlite_autoincrement=True,
)
inbox = Table(
    "inbox",
    metadata,
    _seq(),
    *_text("key", "event", "why"),
    *_number("at", "tries", "parked"),
    Index(None, "parked", "key", "seq"),
    sqlite_autoincrement=True,
)
outbox = Table(
    "outbox",
    metadata,
    *_key("id"),
    *_text("kind", "class", "state", "note"),
    *_maybe_text("case"),
    *_number("due", "attempts"),
    *_maybe("claimed"),
    Index(None, "state", "due"),
    Index(None, "case"),
)
commands = Table(
    "commands",
    metadata,
    *_key("id"),
    *_text("case", "device", "name", "args", "state", "note"),
    *_number("expires", "repeatable", "at"),
    Index(None, "case"),
)
wakes = Table("wakes", metadata, *_key("case", "name"), *_text("token"), *_number("due"), Index(None, "due"))

# Where the judge stands
partitions = Table(
    "partitions",
    metadata,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *_number("position"),
)
snapshots = Table(
    "snapshots",
    metadata,
    *_key("device"),
    Column("partition", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "partition"),
)

# The house
notices = Table("notices", metadata, *_key("name"), *_text("body"))
users = Table("users", metadata, *_key("id"), *_text("name", "role", "password"))
sessions = Table("sessions", metadata, *_key("hash"), *_text("user"), *_number("expires"))
keys = Table("keys", metadata, *_key("hash"), *_text("name", "scopes"))
quarantine = Table(
    "quarantine",
    metadata,
    *_key("topic", "reason"),
    *_number("count", "first", "last"),
    Column("sample", LargeBinary, nullable=False),
)
