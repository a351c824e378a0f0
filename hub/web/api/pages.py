"""Cursor pages: how a list is asked for and answered. A cursor is opaque to programs; here it is the last id."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from hub.web.api.shapes import Page
from hub.web.problems import Problem

In = TypeVar("In")
Out = TypeVar("Out")
MOST = 200


@dataclass(frozen=True, slots=True)
class Want:
    """Which page is wanted: what comes after `after`, at most `limit` things."""

    after: str
    limit: int


def want(
    cursor: Annotated[str, Query(max_length=400, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Want:
    """Reads cursor and limit. Raises 422 on a cursor that is not ours."""
    try:
        return Want(base64.urlsafe_b64decode(cursor.encode()).decode(), limit)
    except (binascii.Error, UnicodeError) as error:
        raise Problem(422, "This cursor is not one of ours.", "Use `next` of the page before.") from error


Wanted = Annotated[Want, Depends(want)]


def page(found: Sequence[In], want: Want, key: Callable[[In], str], shape: Callable[[In], Out]) -> Page[Out]:
    """The page of `found`, of which one more than `want.limit` was asked for, to know whether there is another."""
    shown = found[: want.limit]
    more = base64.urlsafe_b64encode(key(shown[-1]).encode()).decode() if len(found) > want.limit else None
    return Page(items=[shape(one) for one in shown], next=more)
