"""Verifying who agrees, for what must not be done by anybody who happens to stand beside a speaker: locks, child locks, resets.

The proof is a yes on the person's own page, which opens by a link to their own telephone, or a PIN on a telephone's keys. A PIN that is spoken or typed elsewhere
is refused, and is kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import AskProof, WakeAt
from hub.domain.ids import Moment
from hub.domain.play import Try
from hub.domain.walk import Answer, Scene, enter, obey, put_question, still, to_person

PROOF_LIFE = 10 * MINUTE
PIN = re.compile(r"[0-9]{4,8}")
_LOOKS_LIKE_PIN = re.compile(r"(?<![0-9])(?:[0-9][ .-]?){3,7}[0-9](?![0-9])")
_SPEAKS_OF_PIN = re.compile(r"\bpin\b|geheimzahl|kennwort|passwor|contrase|clave|密码|密碼", re.IGNORECASE)
HIDDEN = "####"
_KEYPAD = ("2580", "0852", "1470", "0741")
"""Straight down and up the keys of a telephone."""


def ask_proof(scene: Scene, step: Try) -> Answer:
    """The person said yes; now they prove that it is them. Nothing is commanded before that."""
    talk = scene.talk
    if scene.turn.channel is Channel.PAGE:  # they are on their own telephone already
        return obey(scene, step)
    if talk.customer is None:
        return to_person(scene, (scene.say("person.coming"),), Because.CUSTOMER_WANTS_PERSON)
    until = Moment(scene.now + PROOF_LIFE)
    waiting = replace(still(talk), proving=step.id, prove_until=until, asked=scene.now)
    over = WakeAt(talk.case, "check", until, token="proof")  # noqa: S106 - not a password
    note = scene.note("talk.proof_asked", Because.PROOF_ASKED, step=step.id, command=step.command)
    if scene.turn.channel is Channel.PHONE and scene.knowledge.pin:
        asks = scene.say("proof.pin")
        return (
            replace(waiting, expecting=Expecting.PIN),
            Reply((asks,), Question(Expecting.PIN, (), (asks,))),
            (over, note),
        )
    link = AskProof(talk.case, talk.customer, step.id, scene.say(step.asks), until)
    return waiting, Reply((scene.say("proof.sent"),), end=True), (link, over, note)


def told_of_proof(scene: Scene) -> Answer:
    """The proof came, was refused, or its PIN was wrong."""
    step = scene.play.steps.get(scene.talk.proving) if scene.play else None
    if not isinstance(step, Try) or scene.talk.with_person or scene.talk.ended:
        return scene.talk, Reply(()), ()
    kind, until = scene.turn.kind, scene.talk.prove_until
    if kind is Heard.PIN_WRONG:
        asks = scene.say("proof.pin_wrong")
        return scene.talk, Reply((asks,), Question(Expecting.PIN, (), (asks,))), ()
    if kind is Heard.PIN_LOCKED:
        known = replace(scene.knowledge, pin=False)
        talk, reply, effects = ask_proof(replace(scene, knowledge=known), step)
        return talk, replace(reply, say=(scene.say("proof.pin_locked"), *reply.say)), effects
    plain = replace(scene, talk=replace(still(scene.talk), step=step.id))
    if kind is Heard.PROOF_REFUSED:
        note = scene.note("talk.command_declined", Because.CUSTOMER_ANSWERED, step=step.id)
        talk, reply, effects = enter(plain, step.declined)
        return talk, reply, (note, *effects)
    if until is None or scene.now > until:
        return proof_over(scene)
    if not scene.knowledge.fault_open:
        return plain.talk, Reply((scene.say("status.fine"),), end=True), ()
    return obey(plain, step)


def proof_over(scene: Scene) -> Answer:
    """Nobody proved anything in time: what was asked is asked again."""
    step = scene.play.steps.get(scene.talk.proving) if scene.play else None
    if not isinstance(step, Try):
        return scene.talk, Reply(()), ()
    plain = replace(scene, talk=replace(still(scene.talk), step=step.id))
    return put_question(plain, (scene.say("proof.over"),))


def on_own_page(scene: Scene) -> Answer | None:
    """A yes or no on the person's own page, while a proof is wanted; None for anything else."""
    intent, choice = scene.turn.meaning.intent, scene.turn.meaning.choice
    if not scene.talk.proving or scene.turn.channel is not Channel.PAGE:
        return None
    if intent is Intent.YES or (intent is Intent.CHOICE and choice == 1):
        return told_of_proof(replace(scene, turn=replace(scene.turn, kind=Heard.PROOF_GIVEN)))
    if intent is Intent.NO or (intent is Intent.CHOICE and choice == 2):
        return told_of_proof(replace(scene, turn=replace(scene.turn, kind=Heard.PROOF_REFUSED)))
    return None


def not_here(scene: Scene) -> Answer:
    """A PIN was said or typed where others can hear or read it: it is worth nothing here."""
    return scene.talk, Reply((scene.say("proof.not_here"),)), ()


def tells_pin(turn: Turn, talk: Conversation | None) -> bool:
    """Whether these words hold what looks like a PIN: while one is wanted, or where they speak of one. Keys are no words."""
    wanted = talk is not None and bool(talk.proving)
    words = f"{turn.text} {turn.meaning.slot}"
    return bool(_LOOKS_LIKE_PIN.search(words)) and (wanted or bool(_SPEAKS_OF_PIN.search(words)))


def easy(pin: str) -> bool:
    """Whether anybody would try this PIN first: one digit, a row (1234, 9876, 2468), a pattern (1212, 123123), a column."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    pattern = any(
        pin == pin[:length] * (len(pin) // length) for length in range(1, len(pin)) if len(pin) % length == 0
    )
    return len(steps) <= 1 or pattern or pin in _KEYPAD


def without_pin(text: str) -> str:
    """`text` as it may be kept."""
    return _LOOKS_LIKE_PIN.sub(HIDDEN, text)
