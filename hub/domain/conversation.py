"""Conversations: how a customer's turn becomes the next thing we say. Values here; the core function is `talk.py`.

One conversation per case, whatever channels it moves over; a channel's own session holds only its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.contact import Phrase
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.slots import BookingKind, Slot
from hub.domain.spoken_time import When
from hub.domain.wishes import Wish


class Heard(StrEnum):
    """What kind of turn it was."""

    TEXT = "text"
    LAUNCH = "launch"
    SILENCE = "silence"
    HANGUP = "hangup"
    RECOVERED = "recovered"
    CHECK_OVER = "check_over"
    COMMAND_OK = "command_ok"
    COMMAND_FAILED = "command_failed"
    SHOWN = "shown"
    PROOF_GIVEN = "proof_given"
    PROOF_REFUSED = "proof_refused"
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    SLOT_GONE = "slot_gone"


class Intent(StrEnum):
    """What the words mean, once understood; `CHOICE` carries a number in `Meaning.choice`, `LANGUAGE` the wanted language in
    `Meaning.slot`, `DANGER` its kind and `QUESTION` its topic there, `LATER` and `CALLBACK` perhaps a time in `Meaning.when`."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    PERSON = "person"
    REPEAT = "repeat"
    BACK = "back"
    YES = "yes"
    NO = "no"
    DONE = "done"
    LATER = "later"
    TOMORROW = "tomorrow"
    WHEN_WORSE = "when_worse"
    SIMPLER = "simpler"
    TEXT_ME = "text_me"
    STATUS = "status"
    RESTART = "restart"
    WRONG_NUMBER = "wrong_number"
    GOODBYE = "goodbye"
    LINK = "link"
    CANCEL = "cancel"
    OTHER = "other"
    SKIP = "skip"
    STEPS = "steps"
    CALLBACK = "callback"
    MOVE_VISIT = "move_visit"
    CANCEL_VISIT = "cancel_visit"
    VISIT = "visit"
    APPOINTMENT = "appointment"
    WHICH_DEVICE = "which_device"
    LANGUAGE = "language"
    DANGER = "danger"
    QUESTION = "question"
    CHOICE = "choice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was understood. `choice` counts from 1; `slot` is text kept as text (a code, a device's name, the language that is
    wanted). `when` is the time that was named with it, `language` the one that the words were in, where it is not ours."""

    intent: Intent
    choice: int = 0
    slot: str = ""
    sure: bool = True
    when: When | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing the customer (or the device, or time) did. `key` is unique per channel: a repeat gets the same reply.
    `keyed` says that it was pressed on a telephone's keys, which cannot be misheard; `confidence` (0 to 1) is how sure the
    platform was of what it heard."""

    kind: Heard
    channel: Channel
    key: str
    text: str = ""
    meaning: Meaning = Meaning(Intent.UNKNOWN)
    language: str = "en"
    private: bool = True
    keyed: bool = False
    confidence: float = 1.0


class Expecting(StrEnum):
    """What the open question wants."""

    NOTHING = "nothing"
    CHOICE = "choice"
    YES_NO = "yes_no"
    WHICH_CASE = "which_case"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands. `step` is the play's current step, `asked` when the open question was put.

    `misses` counts turns in a row that were not understood, `tried` the answers given so far (`step:choice`), `trail`
    the questions behind us, for "back". `confirm` names the step whose device command waits for an explicit yes (valid
    for two minutes after `asked`); `guess` what we asked about because we were not sure ("open", "stop", "choice:2",
    "person"); `with_person` is True once a person has been promised. Until `paused_until`
    nothing is asked (a snooze; one that only a worse fault or the recovery ends lies beyond the case's life).

    `silences` counts unanswered questions in a row in a live session, `heard` is when the person last spoke in one. While
    `booking` is set ("visit", "callback") its `offers` (starts of slots) are the open question, before any other; `moving`
    is the booking that the chosen one replaces. `proving` names the step whose command waits for a proof of who agrees,
    until `prove_until`; `baseline` is what a watched metric was when we began to watch.

    `left` are the options of the question that a hand-over to a person left open, `passed_on` is when we last said that words
    go to our team, and `thanked` whether thanks have been answered.
    """

    case: CaseId
    customer: CustomerId | None
    play: str = ""
    step: str = ""
    expecting: Expecting = Expecting.NOTHING
    options: tuple[str, ...] = ()
    asked: Moment | None = None
    confirm: str = ""
    misses: int = 0
    channel: Channel | None = None
    language: str = "en"
    tried: tuple[str, ...] = ()
    paused_until: Moment | None = None
    ended: bool = False
    trail: tuple[str, ...] = ()
    guess: str = ""
    with_person: bool = False
    silences: int = 0
    heard: Moment | None = None
    booking: str = ""
    offers: tuple[Moment, ...] = ()
    moving: str = ""
    proving: str = ""
    prove_until: Moment | None = None
    baseline: float | None = None
    left: tuple[str, ...] = ()
    passed_on: Moment | None = None
    thanked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """At most one per reply: what is expected, and two ways to ask again."""

    expecting: Expecting
    options: tuple[Phrase, ...] = ()
    again: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What we say: phrases, at most one question, and whether a person takes over or the session ends.

    `language` is the one it is said in ("" where nobody has chosen: that of the turn).

    Nothing to say is an empty `say`: then nothing is sent. `as_message` and `as_speech` (in `wording.py`) turn it into
    phrases for a text or for a voice.
    """

    say: tuple[Phrase, ...]
    ask: Question | None = None
    card: Phrase | None = None
    to_person: bool = False
    end: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that stands: its id, and what and when it is."""

    id: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts a turn may use: what the device is called, what is wrong, whether it is still so, and how to ring us.

    `live` are values worth saying ("coil temperature": "-14 C"), `fault_open` whether telemetry still shows the fault,
    `values` the device's metrics that are fresh enough to rest a claim on, `heard` whether the device can be heard now.

    `zone` is where the person lives, `languages` what we speak, `slots` what can be booked (by kind), `booked` what this case
    has booked, `wishes` what becomes of a time that the turn names (by kind); `open_rules` the rules whose faults are open on
    the device, `other_trouble` whether one of its faults is no matter of this case; `pin` whether the person has set a PIN,
    `link` the address of the person's own page.

    `theirs` is whether the person lives where the device stands; a second contact does not. `told` is whether the case is only what
    the person told us, while the device itself has reported nothing of it.

    `needs` says why the case needs an agent, `taken` whether one has it, and `back` is when our team is back where it is away
    (None: no opening hours are known).
    """

    device: str = ""
    device_name: str = ""
    title: str = ""
    fault_open: bool = True
    live: dict[str, str] = field(default_factory=dict)
    brand: str = ""
    phone: str = ""
    agent_open: bool = True
    values: dict[str, float | str | bool] = field(default_factory=dict)
    heard: bool = True
    zone: str = ""
    languages: tuple[str, ...] = ()
    slots: dict[BookingKind, tuple[Slot, ...]] = field(default_factory=dict)
    booked: tuple[Booked, ...] = ()
    wishes: dict[BookingKind, Wish] = field(default_factory=dict)
    open_rules: frozenset[str] = frozenset()
    other_trouble: bool = False
    severity: Severity | None = None
    country: str = ""
    emergency: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pin: bool = False
    link: str = ""
    needs: Because | None = None
    taken: bool = False
    theirs: bool = True
    told: bool = False
    back: Moment | None = None
