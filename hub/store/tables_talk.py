"""Tables of conversations: what is booked, and the PINs with which people prove who they are (keyed hashes only).

`held` is the slot and seat that a booking keeps, `one` the case and kind: both unique while the booking stands, so that no
slot is given twice and nobody has two.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from hub.store.columns import key, maybe_text, number, words
from hub.store.tables import metadata

bookings = Table(
    "bookings",
    metadata,
    *key("id"),
    *words("case", "customer", "kind", "seat", "state"),
    *number("starts", "ends", "made"),
    *maybe_text("held", "one"),
)
Index("uq_bookings_held", bookings.c.held, unique=True)
Index("uq_bookings_one", bookings.c.one, unique=True)
Index("ix_bookings_case", bookings.c["case"])
Index("ix_bookings_starts", bookings.c.starts)
pins = Table("pins", metadata, *key("customer"), *words("hash"), *number("wrong", "until"))
