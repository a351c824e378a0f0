"""The channel `whatsapp`: WhatsApp messages by Twilio.

Within 24 hours of the person's own last message the words leave as they are; at any other time only a template that Meta
has approved may leave, and without one the ladder goes on. It never retries, and never repeats a number, a text or the
token in an outcome, an error or a log line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from device_rules.reading import DAY, MINUTE
from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, Undeliverable
from notifiers.twilio_wire import BROKEN, Account, Line, Refused, broken, refusal

NO_TEMPLATE = "no_template"
PREFIX = "whatsapp:"
WINDOW = (
    DAY - 2 * MINUTE
)  # the carrier's 24 hours (its error 63016), less what a message may take to get there
LONGEST = 1_000  # characters of one variable
OPTED_OUT = frozenset({"21610", "63033"})
DEAD = frozenset({"21211", "63003", "63024"})
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Templates:
    """Approved templates: `by_class` is class of message → language → content SID (`HX…`); `any` stands for every class
    that is not named. `variables` are what fills {{1}}, {{2}} …: brand, subject, text or link."""

    by_class: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variables: Sequence[str] = ("text",)

    def of(self, kind: str, language: str) -> str:
        """The template for a message of class `kind` in `language` ("de-AT" is served by "de"); empty when there is none."""
        for by_language in (self.by_class.get(kind, {}), self.by_class.get("any", {})):
            found = by_language.get(language) or by_language.get(language.split("-", maxsplit=1)[0])
            if found:
                return found
        return ""


class WhatsApp:
    """WhatsApp messages of one sender, on one line to the carrier."""

    channel = Channel.WHATSAPP
    provider = "twilio"
    in_doubt = "find"

    def __init__(self, account: Account, templates: Templates | None = None) -> None:
        self._line = Line(account)
        self._templates = templates or Templates()

    async def send(self, envelope: Envelope) -> Outcome:
        """Create the message. The callback address carries the outbox id."""
        content = self._content(envelope)
        if content is None:
            return Undeliverable(NO_TEMPLATE)
        sender = self._line.account.sender
        service = sender.startswith("MG")
        who = {"messaging_service_sid": sender} if service else {"from_": PREFIX + sender}
        try:
            made = await self._line.client.messages.create_async(
                to=PREFIX + envelope.to,
                status_callback=self._line.hook(f"status?m={envelope.id}"),
                **who,
                **content,
            )
        except Refused as refused:
            if refused.code in OPTED_OUT:
                return Undeliverable(refused.code, opted_out=True)
            return refusal(refused, "whatsapp_account_refused", DEAD)
        except BROKEN as error:
            return broken(error)
        return Accepted(made.sid) if made.sid else InDoubt("no_sid")

    def _content(self, envelope: Envelope) -> dict[str, str] | None:
        """The words themselves while the person's window is open, else a template; None when there is none."""
        if envelope.heard_ago is not None and envelope.heard_ago < WINDOW:
            return {"body": envelope.text}
        template = self._templates.of(str(envelope.kind), envelope.language)
        if not template:
            return None
        told = {
            "brand": envelope.brand,
            "subject": envelope.subject,
            "text": envelope.text,
            "link": envelope.link,
        }
        values = [" ".join(told[name].split())[:LONGEST] for name in self._templates.variables]
        filled = {str(number): value for number, value in enumerate(values, start=1)}
        return {"content_sid": template, "content_variables": json.dumps(filled, ensure_ascii=False)}

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Look for a message to this number since this one was made. Free words are compared; what a template became is
        the carrier's to know, so that any other message found there leaves it in doubt."""
        since = datetime.fromtimestamp(envelope.created / 1_000_000, UTC) - SKEW
        same: list[str] = []
        others = 0
        try:
            listed = await self._line.client.messages.stream_async(to=PREFIX + envelope.to, page_size=50)
            async for there in listed:
                if (there.date_created or since) < since:
                    break
                if there.sid in envelope.known:
                    continue
                if there.body == envelope.text:
                    same.append(there.sid)
                else:
                    others += 1
        except (Refused, *BROKEN) as error:
            return InDoubt(type(error).__name__)
        if len(same) == 1:
            return Accepted(same[0])
        return InDoubt("several_alike") if same or (others and self._templates.by_class) else None

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()
