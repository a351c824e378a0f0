"""Tables of consent: what people chose, line by line; imports that can be undone; erasures that survive a restore; opt-outs
in people's own words that somebody reads again. Names and addresses are in none of them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from hub.store.columns import key, maybe, number, seq, words
from hub.store.tables import metadata

preferences = Table(
    "preferences",
    metadata,
    seq(),
    *words("customer", "item", "value", "who", "how"),
    *number("at"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)
imports = Table("imports", metadata, *key("id"), *words("who"), *number("at"), *maybe("undone"))
import_lines = Table(
    "import_lines",
    metadata,
    seq(),
    *words("batch", "kind", "subject", "before", "after"),
    Index(None, "batch"),
    sqlite_autoincrement=True,
)
erasures = Table("erasures", metadata, *key("hash"), *words("who"), *number("at"))
reviews = Table(
    "reviews",
    metadata,
    seq(),
    *words("customer", "message", "by"),
    *number("at"),
    *maybe("settled"),
    Index(None, "settled"),
    sqlite_autoincrement=True,
)
