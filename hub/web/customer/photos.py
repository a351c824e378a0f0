"""Photos: sent on the page, looked at by agents beside the ticket. What a photo tells besides the picture is removed first.

A photo is looked at only by who is signed in, is never run or shown as anything but a picture, and keeps no name of a file.
"""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ids import CaseId, Moment
from hub.flow.photos import take_photo, told_as
from hub.web.access import Visitor, door
from hub.web.customer.guest import guest_of
from hub.web.customer.pace import PHOTOS
from hub.web.customer.paper import back, note
from hub.web.customer.pictures import HEIC, NoPicture, clean
from hub.web.customer.visits import acting
from hub.web.login import agent
from hub.web.problems import Problem

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
TOO_LARGE = 413
LARGEST = 5 * 1024 * 1024
SHOWN = "default-src 'none'; sandbox"


@router.post("/p/photo")
async def send(request: Request) -> Response:
    """A photo comes in. Whose page it is, is looked at before a byte of it is read."""
    house = door(request)
    async with house.store.reading() as tx:
        if await guest_of(request, tx, Moment(house.clock.now())) is None:
            return note(request, "no_visit", 403)
    try:
        async with request.form(max_files=1, max_fields=4) as fields:
            file = fields.get("photo")
            data = await file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
            form = str(fields.get("form", ""))
    except (
        HTTPException
    ) as error:  # more than the guard lets in, or no form: nothing was done, so no form is needed
        notice = "photo_large" if error.status_code == TOO_LARGE else "photo_none"
        log.info("page_photo", notice=notice)
        return back(notice, "photo")
    notice, picture = _looked_at(data)
    async with acting(request, form, PHOTOS) as (desk, once):
        if picture is not None:
            words = told_as(once, desk.texts("photo_said"), desk.texts.language)
            now = Moment(house.clock.now())
            kept = await take_photo(desk.tx, desk.guest.visit, picture, words, (now, house.ctx))
            notice = "photo_thanks" if kept else "photo_most"
    log.info("page_photo", case=desk.guest.visit.case, size=len(data), notice=notice)
    return back(notice, "photo")


def _looked_at(data: bytes) -> tuple[str, tuple[str, bytes] | None]:
    if not data:
        return "photo_none", None
    if len(data) > LARGEST:
        return "photo_large", None
    try:
        return "", clean(data)
    except NoPicture:
        return "photo_kind", None


@router.get("/console/tickets/{ticket}/photos/{photo}")
async def shown(
    request: Request, ticket: str, photo: str, _found: Annotated[Visitor, Depends(agent)]
) -> Response:
    """A photo, for who is at the desk. What most browsers cannot show is handed out as a file."""
    async with door(request).store.reading() as tx:
        found = await tx.pages.picture(CaseId(ticket), photo)
    if found is None:
        raise Problem(404, "There is no such photo.")
    about, data = found
    way = "attachment" if about.kind == HEIC else "inline"
    name = f"{photo[-12:]}.{about.kind.rpartition('/')[2]}"
    headers = {"Content-Disposition": f'{way}; filename="{name}"', "Content-Security-Policy": SHOWN}
    return Response(data, media_type=about.kind, headers=headers)
