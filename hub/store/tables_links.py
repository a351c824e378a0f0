"""Tables of the customer's own page: links that open it once, visits, and photos. Of links and visits only keyed hashes."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from hub.store.columns import key, maybe, number, words
from hub.store.tables import metadata

page_links = Table(
    "page_links",
    metadata,
    *key("hash"),
    *words("customer", "case"),
    *number("made", "expires"),
    *maybe("used"),
    Index(None, "case"),
)
page_visits = Table(
    "page_visits", metadata, *key("hash"), *words("customer", "case"), *number("expires"), Index(None, "case")
)
photos = Table(
    "photos",
    metadata,
    *key("id"),
    *words("case", "customer", "kind"),
    *number("size", "at"),
    Column("data", LargeBinary, nullable=False),
    Index(None, "case"),
)
