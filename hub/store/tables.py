"""The tables: what is kept, and the unique indexes that absorb whatever is redelivered, restarted or raced.

Moments are BIGINT UTC µs; JSON is TEXT; enums are their names or values. Personal data (names, addresses) lives in
`persons` and `addresses` and nowhere else. The database is made by the migrations, never from this file; a test
compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

from hub.store.columns import key, maybe, maybe_text, number, of, seq, words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Devices and where they stand
devices = Table(
    "devices",
    metadata,
    *key("id"),
    *words("model", "name", "serial", "firmware", "room", "admission", "attributes"),
    *maybe("firmware_since"),
    *maybe_text("site"),
    Index(None, "site"),
    Index(None, "serial"),
)
placements = Table(
    "placements",
    metadata,
    of("device", "devices.id"),
    of("site", "sites.id", in_key=False),
    Column("since", BigInteger, primary_key=True),
    *maybe("until"),
    Index(None, "site"),
)
device_states = Table(
    "device_states",
    metadata,
    *key("device"),
    *words("presence", "presence_reason", "readings"),
    *maybe("presence_since", "received"),
)

# People
sites = Table("sites", metadata, *key("id"), *words("zone", "country", "label"))
customers = Table(
    "customers",
    metadata,
    *key("id"),
    *words("language", "zone"),
    *number("quiet_begins", "quiet_ends", "wake_me"),
)
persons = Table("persons", metadata, of("customer", "customers.id"), *words("name"))
addresses = Table(
    "addresses",
    metadata,
    *key("id"),
    of("customer", "customers.id", in_key=False),
    *words("channel", "value", "health"),
    *number("rank"),
    Index(None, "customer"),
    Index(None, "channel", "value"),
)
residences = Table(
    "residences",
    metadata,
    of("site", "sites.id"),
    of("customer", "customers.id"),
    *key("role"),
    Column("since", BigInteger, primary_key=True),
    *maybe("until"),
    Index(None, "customer"),
)
bases = Table(
    "bases",
    metadata,
    seq(),
    *words("customer", "purpose", "channel", "kind", "country", "who", "how", "wording"),
    *number("at"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)
suppressions = Table("suppressions", metadata, *key("hash"), *number("since"), *words("because"))

# Faults and cases
faults = Table(
    "faults",
    metadata,
    *key("id"),
    *words("device", "rule", "severity", "change"),
    *number("number", "raised", "known_before_live"),
    *maybe("cleared"),
    Index(None, "device", "cleared"),
    Index(None, "raised"),
)
cases = Table(
    "cases",
    metadata,
    *key("id"),
    *words("device", "family", "rule", "severity", "state", "ladder", "acknowledged_by", "closing"),
    *maybe_text("site", "needs_agent", "agent"),
    *number("opened", "step", "proved", "asked_by_customer", "version", "is_open"),
    *maybe("acknowledged", "contacted", "closed"),
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
    of("fault", "faults.id"),
    of("case", "cases.id", in_key=False),
    Index(None, "case"),
)
packets = Table(
    "packets",
    metadata,
    of("case", "cases.id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *number("at"),
    *words("body", "sha256"),
)

# Contacts, messages and what was decided about them
contacts = Table("contacts", metadata, *key("id"), *words("customer", "channel", "step"), *number("at"))
case_contacts = Table(
    "case_contacts", metadata, *key("case"), of("contact", "contacts.id"), Index(None, "contact")
)
messages = Table(
    "messages",
    metadata,
    seq(),
    Column("id", Text, nullable=False, unique=True),
    *words("contact", "customer", "channel", "kind", "direction", "phrases", "language", "text", "status"),
    *words("provider_id", "because", "written_by"),
    *maybe_text("case", "address"),
    *number("at", "question"),
    *maybe("expires"),
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
    seq(),
    *words("message", "verdict", "because", "stages", "inputs"),
    *maybe_text("case"),
    *number("at"),
    *maybe("until"),
    Index(None, "case"),
    sqlite_autoincrement=True,
)
questions = Table("questions", metadata, *key("address"), *words("case"), *number("at"), Index(None, "case"))

# Conversations and voices
conversations = Table("conversations", metadata, *key("case"), *words("body"))
replies = Table("replies", metadata, *key("channel", "key"), *words("reply"), *number("at"))
links = Table("links", metadata, *key("platform", "user"), *words("customer"), *number("at"))
codes = Table("codes", metadata, *key("hash"), *words("customer"), *number("expires"))
tries = Table("tries", metadata, *key("account"), *number("wrong", "until"))

# The timeline, and what is still owed
facts = Table(
    "facts",
    metadata,
    seq(),
    *number("at"),
    *words("kind", "because", "data"),
    *maybe_text("case", "device"),
    Index(None, "case"),
    Index(None, "device"),
    sqlite_autoincrement=True,
)
inbox = Table(
    "inbox",
    metadata,
    seq(),
    *words("key", "event", "why"),
    *number("at", "tries", "parked"),
    Index(None, "parked", "key", "seq"),
    sqlite_autoincrement=True,
)
outbox = Table(
    "outbox",
    metadata,
    *key("id"),
    *words("kind", "class", "state", "note", "lane", "relay"),
    *maybe_text("case"),
    *number("due", "attempts", "urgency"),
    *maybe("claimed"),
    Index(None, "state", "due"),
    Index(None, "case"),
)
Index(
    "ix_outbox_waiting",
    outbox.c.urgency,
    outbox.c.due,
    outbox.c.id,
    sqlite_where=text("state IN ('queued', 'in_doubt')"),
    postgresql_where=text("state IN ('queued', 'in_doubt')"),
)
commands = Table(
    "commands",
    metadata,
    *key("id"),
    *words("case", "device", "name", "args", "state", "note"),
    *number("expires", "repeatable", "at"),
    Index(None, "case"),
)
wakes = Table("wakes", metadata, *key("case", "name"), *words("token"), *number("due"), Index(None, "due"))

# Where the judge stands
partitions = Table(
    "partitions",
    metadata,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *number("position"),
)
snapshots = Table(
    "snapshots",
    metadata,
    *key("device"),
    Column("partition", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "partition"),
)

# The house
notices = Table("notices", metadata, *key("name"), *words("body"))
users = Table("users", metadata, *key("id"), *words("name", "role", "password"))
sessions = Table("sessions", metadata, *key("hash"), *words("user"), *number("expires"))
keys = Table("keys", metadata, *key("hash"), *words("name", "scopes"))
quarantine = Table(
    "quarantine",
    metadata,
    *key("topic", "reason"),
    *number("count", "first", "last"),
    Column("sample", LargeBinary, nullable=False),
)
