"""Links with which a person turns notifications on: they name one person, end after a day, and work once.

A link is a signature, so nothing has to be kept until it is used; that it was used is remembered as a reply is.
"""

from __future__ import annotations

import base64
import binascii

from device_rules.reading import HOUR
from hub.domain.ids import CustomerId, Moment
from hub.web.passwords import same, signature

LIFE = 24 * HOUR  # source: contact-governance, section 9 (a link's token is single-use and lives a day)
PURPOSE = "push"
LETTERS = 32  # of the signature: 128 bits


def new_token(secret: str, customer: CustomerId, now: Moment) -> str:
    """A token for `customer` that ends a day after `now`."""
    told = f"{customer}\n{now + LIFE}"
    sealed = f"{told}\n{signature(secret, PURPOSE, told)[:LETTERS]}"
    return base64.urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def read_token(secret: str, token: str, now: Moment) -> CustomerId | None:
    """Whose token it is; None when it is not ours, or too old."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        customer, until, seal = sealed.rsplit("\n", 2)
        end = int(until)
    except (ValueError, binascii.Error):
        return None
    genuine = same(seal, signature(secret, PURPOSE, f"{customer}\n{until}")[:LETTERS])
    return CustomerId(customer) if genuine and now < end else None
