"""What was tried and told so far, as the first screen of a ticket shows it. Pure: told what is known and the reader's clock."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.contact import Direction, Message, MessageStatus
from hub.domain.ids import Moment
from hub.ports import CommandRow
from hub.web.console.known import Known
from hub.web.console.speech import CHANNELS, plain, receipt_of, short
from hub.web.when import Watch

MOST, MOST_DONE, FEWEST_SAID = 6, 4, 3
SILENT = (MessageStatus.CANCELLED, MessageStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Line:
    """One line with a time: `tone` is good, wait, bad, in or nothing."""

    at: str
    text: str
    tone: str = ""


def tried(known: Known, watch: Watch) -> list[Line]:
    """What has been tried and told: where the guided fix stood and what was answered, everything that the device was asked to
    do (the newest few), and the newest of what was said; each oldest first."""
    said = [_told(known, one, watch) for one in known.story.messages if _counts(one)]
    done = [_commanded(row, watch) for row in known.story.commands] + _stopped(known, watch)
    said.sort(key=lambda pair: pair[0])
    done.sort(key=lambda pair: pair[0])
    done = done[-MOST_DONE:]
    shown = sorted([*done, *said[-max(FEWEST_SAID, MOST - len(done)) :]], key=lambda pair: pair[0])
    earlier = len(said) + len(done) - len(shown)
    more = [Line("", f"{earlier} more before, in the conversation below")] if earlier > 0 else []
    return [*_steps(known), *more, *(line for _, line in shown)]


def _steps(known: Known) -> list[Line]:
    """The step at which the guided fix stands, and what was answered on the way there."""
    talk, lines = known.story.talk, []
    if talk is None or not talk.play:
        return []
    if known.step:
        lines.append(Line("", f"Guided fix, at the step “{plain(talk.step)}”: {short(known.step)}"))
    if talk.tried:
        answered = ", ".join(
            f"{plain(step)}: {plain(what)}" for step, _, what in map(_split, talk.tried[-MOST:])
        )
        lines.append(Line("", f"Answered on the way: {answered}"))
    return lines


def _split(tried: str) -> tuple[str, str, str]:
    return tried.partition(":")


def _counts(message: Message) -> bool:
    return message.status not in SILENT


def _told(known: Known, message: Message, watch: Watch) -> tuple[Moment, Line]:
    text = f"“{short(message.text)}”" if message.text else ", ".join(phrase.key for phrase in message.phrases)
    if message.direction is Direction.IN:
        return message.at, Line(watch.at(message.at), f"{known.named(message.customer)}: {text}", "in")
    word, tone = receipt_of(message)
    by = "" if message.written_by == "hub" else f" by {known.who_wrote(message.written_by)}"
    line = f"{CHANNELS[message.channel].capitalize()}{by} to {known.named(message.customer)}: {text} – {word}"
    return message.at, Line(watch.at(message.at), line, "bad" if tone == "bad" else "")


def _commanded(row: CommandRow, watch: Watch) -> tuple[Moment, Line]:
    bad = row.state in ("failed", "timed_out", "parked")
    state = {"done": "done", "queued": "waiting", "sent": "no answer yet"}.get(row.state, plain(row.state))
    note = f" ({row.note})" if row.note and bad else ""
    return row.at, Line(
        watch.at(row.at), f"Device asked to {plain(row.command.name)}: {state}{note}", "bad" if bad else ""
    )


def _stopped(known: Known, watch: Watch) -> list[tuple[Moment, Line]]:
    newest = {message: (at, decision) for message, at, decision in known.story.decisions}
    reasons = {
        (decision.because, known.went_to(message)): (at, decision)
        for message, (at, decision) in newest.items()
    }  # one line for each reason and person
    out = []
    for (_, who), (at, decision) in reasons.items():
        to = f" to {who}" if who else ""
        if decision.verdict.value == "deny":
            out.append((at, Line(watch.at(at), f"Not sent{to}: {decision.because.agent}", "bad")))
        elif decision.verdict.value == "hold" and decision.until and decision.until > known.now:
            out.append(
                (
                    at,
                    Line(
                        watch.at(at),
                        f"Held{to} until {watch.both(decision.until, known.zone)}: {decision.because.agent}",
                        "",
                    ),
                )
            )
    return out
