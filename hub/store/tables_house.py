"""Tables of the house's own upkeep: alarms that stand, and signs of life of the processes."""

from __future__ import annotations

from sqlalchemy import Table

from hub.store.columns import key, maybe, number, words
from hub.store.tables import metadata

alarms = Table("alarms", metadata, *key("name"), *number("since"), *words("words"), *maybe("told"))
beats = Table("beats", metadata, *key("name"), *number("at"), *words("note"))
