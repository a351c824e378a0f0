"""Tables of account linking: one-time codes that prove who somebody is, authorization codes, tokens. Keyed hashes, no secrets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from hub.store.columns import key, maybe, number, words
from hub.store.tables import metadata

proofs = Table(
    "oauth_proofs",
    metadata,
    *key("asked"),
    Column("at", BigInteger, primary_key=True),
    *words("customer", "code"),
    *number("expires", "wrong"),
)
grants = Table(
    "oauth_codes",
    metadata,
    *key("hash"),
    *words("family", "client", "customer", "scope", "redirect", "challenge"),
    *number("expires"),
    *maybe("used"),
)
tokens = Table(
    "oauth_tokens",
    metadata,
    *key("hash"),
    *words("family", "client", "customer", "scope", "kind"),
    *number("expires"),
    *maybe("used"),
)
Index("ix_oauth_proofs_customer", proofs.c.customer, proofs.c.at)
Index("ix_oauth_tokens_family", tokens.c.family)
Index("ix_oauth_tokens_customer", tokens.c.customer)
