"""What stands around every page of the desk: the ways to the other pages, the sending mode, what is paused and by whom.

Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from hub.ports import Tx
from hub.web.access import Scope, Visitor
from hub.web.console.known import called
from hub.web.console.speech import MODES

# path → its name, and what one must be allowed to go there
PLACES: Mapping[str, tuple[str, Scope]] = {
    "/console": ("Tickets", Scope.READ),
    "/console/incidents": ("Incidents", Scope.READ),
    "/console/bookings": ("Visits and calls", Scope.VISITS),
}


async def around(tx: Tx, visitor: Visitor, search: str = "") -> dict[str, Any]:
    """What `desk.html` is told for `visitor`; `search` is what stands in the search box."""
    names = {user.id: user.name for user in await tx.house.users()}
    return {
        "places": [(path, name) for path, (name, scope) in PLACES.items() if visitor.may(scope)],
        "switches": await tx.house.switches(),
        "mode_words": MODES,
        "called": partial(called, users=names),
        "q": search,
    }
