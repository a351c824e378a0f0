"""The carrier's own STOP handling, as Twilio's default: which words count, and what it answers by itself."""

from __future__ import annotations

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword(body: str, opted_out: bool) -> str | None:
    """`STOP`, `START` or `HELP` when the whole text is such a word (YES only counts for who has opted out)."""
    word = body.strip().upper()
    if word in STOP:
        return "STOP"
    if word in START and (word != "YES" or opted_out):
        return "START"
    return "HELP" if word in HELP else None
