"""Tables of incidents: what is failing just now, who belongs to an incident, and whom it has told.

The unique indexes see to it that one incident is open per rule and cohort, and that a household is told once.
"""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from hub.store.columns import key, maybe, maybe_text, number, words
from hub.store.tables import devices, messages, metadata

# One line per device, rule and cohort for as long as the window lasts: what counting needs, and no more.
marks = Table(
    "incident_marks",
    metadata,
    *key("rule", "cohort", "device"),
    *words("fault", "case"),
    *maybe_text("site"),
    *number("at"),
    Index(None, "rule", "cohort", "at"),
)
incidents = Table(
    "incidents",
    metadata,
    *key("id"),
    *words("rule", "cohort", "title", "severity", "state", "approved_by", "words", "because", "closing"),
    *number("opened", "hold_until", "canary", "number", "version", "is_open"),
    *maybe("approved", "canary_until", "paid", "next_update", "closed"),
    Index(None, "is_open", "opened"),
)
Index(
    "uq_incidents_open_rule_cohort",
    incidents.c.rule,
    incidents.c.cohort,
    unique=True,
    sqlite_where=text("is_open = 1"),
    postgresql_where=text("is_open = 1"),
)
members = Table(
    "incident_members",
    metadata,
    *key("incident", "case"),
    *words("device", "state", "because"),
    *maybe_text("site"),
    *number("due"),
    Index(None, "case"),
    Index(None, "incident", "state", "due"),
    Index(None, "incident", "site"),
)
told = Table(
    "incident_told",
    metadata,
    *key("incident", "household"),
    *words("customer", "case", "message"),
    *number("at", "number"),
    *maybe("ended"),
    Index(None, "incident", "customer"),
    Index(None, "incident", "at"),
    Index(None, "message"),
)

# How large a cohort is, and what customers have written: asked of tables that others keep.
Index("ix_devices_model_firmware", devices.c.model, devices.c.firmware)
Index(
    "ix_messages_heard",
    messages.c.case,
    messages.c.seq,
    sqlite_where=text("direction = 'in'"),
    postgresql_where=text("direction = 'in'"),
)
