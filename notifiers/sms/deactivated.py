"""Numbers that were given up and may belong to somebody else by now, as the carrier lists them for a day (United States).

It only reads. Numbers are handed on and never logged.
"""

from __future__ import annotations

from datetime import date

import httpx

from notifiers.twilio_wire import TWILIO, Account

MESSAGING = "https://messaging.twilio.com"


class Unlisted(Exception):
    """The list could not be read; the message says why, without any address."""


async def given_up(account: Account, day: date, seconds: float = 60.0) -> frozenset[str]:
    """The numbers (E.164) of that day. The carrier leads to a file elsewhere, which is told nothing of our account.

    Raises Unlisted.
    """
    base = MESSAGING if account.api == TWILIO else account.api.rstrip("/")
    where = {"Date": day.isoformat()}
    try:
        async with httpx.AsyncClient(timeout=seconds, follow_redirects=True, max_redirects=3) as http:
            answer = await http.get(
                f"{base}/v1/Deactivations", params=where, auth=(account.sid, account.token)
            )
    except httpx.HTTPError as error:
        raise Unlisted(type(error).__name__) from None
    if answer.status_code != 200:
        raise Unlisted(str(answer.status_code))
    lines = (line.strip() for line in answer.text.splitlines())
    return frozenset(
        line if line.startswith("+") else f"+{line}" for line in lines if line.strip("+").isdigit()
    )
