"""The channel `phone`: automated calls by Twilio. What is said is not here: the carrier fetches it from our hook.

It makes the call ring and translates what came back. It never retries, and never repeats a number, a text or the token in
an outcome, an error or a log line.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome
from notifiers.twilio_wire import BROKEN, Account, Line, Refused, broken, refusal

# The number can never be called: not a number, no such number.
DEAD = frozenset({"21211", "21214", "21217", "21401"})
SKEW = timedelta(minutes=5)  # how far the carrier's clock may stand from ours
RING = 25  # seconds: before most voicemail answers
TOLD = ["initiated", "ringing", "answered", "completed"]


class Phone:
    """Calls of one account, on one line to the carrier. They ring for `ring` seconds."""

    channel = Channel.PHONE
    provider = "twilio-calls"  # asked at a pace of its own, and it fails by itself
    rate_per_second = 1.0  # what an account may ask for until Twilio raises it
    in_doubt = "find"

    def __init__(self, account: Account, ring: int = RING) -> None:
        self._line, self._ring = Line(account), ring

    async def send(self, envelope: Envelope) -> Outcome:
        """Create the call. What it says and how it went are asked and told at our hooks, with the outbox id."""
        try:
            made = await self._line.client.calls.create_async(
                to=envelope.to,
                from_=self._line.account.sender,
                url=self._line.hook(f"voice?m={envelope.id}"),
                method="POST",
                status_callback=self._line.hook(f"call?m={envelope.id}"),
                status_callback_event=TOLD,
                machine_detection="DetectMessageEnd",
                timeout=self._ring,
            )
        except Refused as refused:
            return refusal(refused, "phone_account_refused", DEAD)
        except BROKEN as error:
            return broken(error)
        return Accepted(made.sid) if made.sid else InDoubt("no_sid")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Look for a call from us to this number since the message was made. A call has no words to compare: more than
        one stays in doubt."""
        since = datetime.fromtimestamp(envelope.created / 1_000_000, UTC) - SKEW
        ours: list[str] = []
        try:
            listed = await self._line.client.calls.stream_async(
                to=envelope.to, from_=self._line.account.sender, page_size=50
            )
            async for there in listed:
                if (there.date_created or since) < since:
                    break
                if there.sid not in envelope.known:
                    ours.append(there.sid)
        except (Refused, *BROKEN) as error:
            return InDoubt(type(error).__name__)
        if len(ours) > 1:
            return InDoubt("several_alike")
        return Accepted(ours[0]) if ours else None

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()
