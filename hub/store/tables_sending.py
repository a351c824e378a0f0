"""Tables of sending: how fast each provider may be asked, over all relays, and which relays are alive."""

from __future__ import annotations

from sqlalchemy import Table

from hub.store.columns import key, number
from hub.store.tables import metadata

paces = Table("paces", metadata, *key("provider"), *number("tokens", "at"))
relays = Table("relays", metadata, *key("name"), *number("at"))
