"""Who may act for a person: the assistants that they have let in, on their own page, each with a button that ends it.

Speakers are not here: a skill is switched off where it was switched on.
"""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ids import Moment
from hub.web.access import door
from hub.web.customer.paper import back
from hub.web.customer.visits import acting

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/p", include_in_schema=False)


@router.post("/programs/end")
async def end(
    request: Request,
    form: Annotated[str, Form(max_length=80)] = "",
    program: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """The person takes back what they allowed a program."""
    async with acting(request, form) as (desk, _):
        now = Moment(door(request).clock.now())
        await desk.tx.grants.end_client(program, desk.guest.visit.customer, now)
    log.info("program_ended_by_customer", case=desk.guest.visit.case)
    return back("program_ended", "programs")
