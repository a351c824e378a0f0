"""Sites: where devices live together, and the people there, in roles from a date to a date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.domain.ids import CustomerId, Moment, SiteId


class Role(StrEnum):
    """What a person is to a site. Owners come first, installers are never asked about comfort.

    A second contact is asked when those at home cannot be asked or do not answer: a daughter, a neighbour with a key.
    """

    OWNER = "owner"
    OCCUPANT = "occupant"
    SECOND_CONTACT = "second_contact"
    CARETAKER = "caretaker"
    INSTALLER = "installer"


@dataclass(frozen=True, slots=True)
class Site:
    """A household or shop. `zone` is an IANA time zone, `country` ISO 3166 alpha-2, `label` a short neutral name."""

    id: SiteId
    zone: str
    country: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Residence:
    """`customer` is `role` at `site` from `since` until `until` (None: still)."""

    site: SiteId
    customer: CustomerId
    role: Role
    since: Moment
    until: Moment | None = None

    def holds_at(self, moment: Moment) -> bool:
        """Whether the person has this role at `moment`."""
        return self.since <= moment and (self.until is None or moment < self.until)
