"""What a carrier takes: the shape of an account and of a sender. The carrier itself is not asked, and no value is repeated."""

from __future__ import annotations

import re

from hub.ports import BadInput
from hub.settings import Settings
from hub.settings.slips import Problems
from notifiers.twilio_wire import TWILIO

# Twilio's own shapes: two letters for what it is, and 32 hexadecimal digits (twilio.com/docs/glossary/what-is-a-sid).
_HEX = r"[0-9a-fA-F]{32}"
_E164 = r"\+[1-9]\d{6,14}"
_SHORT = r"[1-9]\d{2,7}"
_NAME = (
    r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}"  # an alphanumeric sender: eleven characters, one of them a letter
)


ACCOUNT = "Copy the account SID from the carrier's console: AC and 32 digits or letters from a to f."
SENDER = (
    "Write the number with its country and without spaces, such as +4930555010, a short code, or a name of at most "
    "11 letters and digits."
)
SERVICE = "Copy its SID from the carrier's console: MG and 32 digits or letters from a to f."


def shapes_told(settings: Settings) -> None:
    """Refuse an account, a sender or a messaging service that no carrier takes. Raises BadSettings."""
    sms, whatsapp, problems = settings.sms, settings.whatsapp, Problems()
    # a proxy, or a carrier on this machine, may count its accounts in its own way
    rest = _HEX if sms.base_url.rstrip("/") == TWILIO else r"\w+"
    account = (rf"AC{rest}", "no carrier has such an account", ACCOUNT)
    sender = (f"{_E164}|{_SHORT}|{_NAME}", "no carrier sends from this", SENDER)
    service = (rf"MG{rest}", "no carrier has such a service", SERVICE)
    wanted = (
        ("sms.account_sid", sms.account_sid, account),
        ("sms.sender", sms.sender, sender),
        ("sms.messaging_service", sms.messaging_service, service),
        ("whatsapp.messaging_service", whatsapp.messaging_service, service),
    )
    for place, value, (shape, cause, remedy) in wanted:
        with problems.kept():
            if value and not re.fullmatch(shape, value):
                raise BadInput(place, cause, remedy)
    problems.told()
