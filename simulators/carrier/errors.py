"""Twilio's error codes as far as the simulated carrier gives them, with HTTP status and wording."""

from __future__ import annotations

ERRORS: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20422: (400, "Invalid parameter"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Number"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    63003: (400, "Channel could not find To address"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21655: (400, "The Content SID is invalid"),
    21701: (400, "The Messaging Service does not exist"),
}


class Refusal(Exception):
    """The request is answered with Twilio's error `code`."""

    def __init__(self, code: int, status: int | None = None) -> None:
        known, message = ERRORS.get(code, (400, "The request was refused"))
        super().__init__(message)
        self.code = code
        self.status = status or known
        self.message = message

    def json(self) -> dict[str, object]:
        """Twilio's error body."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}
