"""Tables of households: which contacts have been seen, though not answered."""

from __future__ import annotations

from sqlalchemy import Table

from hub.store.columns import number, of, words
from hub.store.tables import metadata

sightings = Table("sightings", metadata, of("contact", "contacts.id"), *number("at"), *words("how"))
