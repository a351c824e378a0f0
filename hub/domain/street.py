"""The life of a case as a table: `(state, what happened) -> step`. The picture in `docs/street.md` is drawn from it.

Rules of this file. 1. What is not in `STREET` is in `OFF_STREET` with a reason, and changes nothing. 2. Every open state
leads to resolved. 3. Steps are pure and stand in `moves.py`; what can happen stands in `passages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain import danger as d
from hub.domain import escalation as e
from hub.domain import moves as m
from hub.domain import passages as p
from hub.domain.case import Case, CaseState
from hub.domain.ids import Moment
from hub.domain.move import Move, StreetStep
from hub.domain.policy import Policy

S = CaseState

STREET: Mapping[tuple[CaseState, type[p.Passage]], StreetStep] = {
    (S.HELD, p.FaultOpened): m.begin,
    (S.HELD, p.FaultJoined): e.change_held,
    (S.HELD, p.SeverityChanged): e.change_held,
    (S.HELD, p.HoldOver): m.reach_out,
    (S.HELD, p.AgentNeeded): m.call_agent,
    (S.HELD, p.PersonWanted): m.hand_over,
    (S.HELD, p.Answered): m.talk,
    (S.HELD, p.DangerTold): d.endanger,
    (S.HELD, p.Recovered): m.recover,
    (S.HELD, p.AgentTook): m.take,
    (S.HELD, p.AgentClosed): m.close,
    (S.HELD, p.WentLive): m.list_only,
    (S.HELD, p.Expired): m.expire,
    (S.CONTACTING, p.FaultJoined): e.change_contacting,
    (S.CONTACTING, p.SeverityChanged): e.change_contacting,
    (S.CONTACTING, p.StepDue): m.next_step,
    (S.CONTACTING, p.Contacted): m.contacted,
    (S.CONTACTING, p.LadderEnded): m.give_up,
    (S.CONTACTING, p.Informed): m.informed,
    (S.CONTACTING, p.AgentNeeded): m.call_agent,
    (S.CONTACTING, p.PersonWanted): m.hand_over,
    (S.CONTACTING, p.Answered): m.talk,
    (S.CONTACTING, p.DangerTold): d.endanger,
    (S.CONTACTING, p.Recovered): m.recover,
    (S.CONTACTING, p.AgentTook): m.take,
    (S.CONTACTING, p.AgentClosed): m.close,
    (S.CONTACTING, p.WentLive): m.list_only,
    (S.CONTACTING, p.Expired): m.expire,
    (S.TALKING, p.FaultJoined): e.change_answered,
    (S.TALKING, p.SeverityChanged): e.change_answered,
    (S.TALKING, p.AgentNeeded): m.call_agent,
    (S.TALKING, p.PersonWanted): m.hand_over,
    (S.TALKING, p.Answered): m.go_on_talking,
    (S.TALKING, p.DangerTold): d.endanger,
    (S.TALKING, p.FixTried): m.watch,
    (S.TALKING, p.TalkStalled): m.lost_touch,
    (S.TALKING, p.Recovered): m.recover,
    (S.TALKING, p.AgentTook): m.take,
    (S.TALKING, p.AgentClosed): m.close,
    (S.TALKING, p.WentLive): m.list_only,
    (S.TALKING, p.Expired): m.expire,
    (S.RECOVERING, p.FaultJoined): e.change_answered,
    (S.RECOVERING, p.SeverityChanged): e.change_answered,
    (S.RECOVERING, p.AgentNeeded): m.call_agent,
    (S.RECOVERING, p.PersonWanted): m.hand_over,
    (S.RECOVERING, p.Answered): m.go_on_talking,
    (S.RECOVERING, p.DangerTold): d.endanger,
    (S.RECOVERING, p.FixTried): m.watch,
    (S.RECOVERING, p.FixFailed): m.back_to_talk,
    (S.RECOVERING, p.TalkStalled): m.lost_touch,
    (S.RECOVERING, p.Recovered): m.recover,
    (S.RECOVERING, p.AgentTook): m.take,
    (S.RECOVERING, p.AgentClosed): m.close,
    (S.RECOVERING, p.WentLive): m.list_only,
    (S.RECOVERING, p.Expired): m.expire,
    (S.WITH_AGENT, p.FaultJoined): e.join_at_desk,
    (S.WITH_AGENT, p.SeverityChanged): e.change_answered,
    (S.WITH_AGENT, p.AgentNeeded): m.call_agent,
    (S.WITH_AGENT, p.PersonWanted): m.ask_again_for_agent,
    (S.WITH_AGENT, p.Answered): m.pass_on,
    (S.WITH_AGENT, p.DangerTold): d.endanger,
    (S.WITH_AGENT, p.Recovered): m.recover,
    (S.WITH_AGENT, p.AgentTook): m.take,
    (S.WITH_AGENT, p.AgentReleased): m.hand_back,
    (S.WITH_AGENT, p.AgentLapsed): m.lapse,
    (S.WITH_AGENT, p.AgentClosed): m.close,
    (S.WITH_AGENT, p.StepsWanted): m.back_to_steps,
    (S.RESOLVED, p.Recovered): m.prove,
    (S.RESOLVED, p.Reopened): m.reopen,
    (S.RESOLVED, p.CustomerReturned): m.welcome_back,
    (S.RESOLVED, p.PersonWanted): m.return_to_agent,
    (S.EXPIRED, p.Recovered): m.prove,
    (S.EXPIRED, p.Reopened): m.reopen,
    (S.EXPIRED, p.CustomerReturned): m.welcome_back,
    (S.EXPIRED, p.PersonWanted): m.return_to_agent,
}

_OPEN = tuple(state for state in S if state.open)
_ENDS = (S.RESOLVED, S.EXPIRED)


_Reasons = dict[tuple[CaseState, type[p.Passage]], str]


def _off(states: tuple[CaseState, ...], events: tuple[type[p.Passage], ...], why: str) -> _Reasons:
    return {(state, event): why for state in states for event in events}


OFF_STREET: Mapping[tuple[CaseState, type[p.Passage]], str] = {
    **_off(_OPEN[1:], (p.FaultOpened,), "a case begins once"),
    **_off(_OPEN[1:], (p.HoldOver,), "the hold-down ended when the first step was taken"),
    **_off(
        (S.HELD,),
        (p.StepDue, p.Contacted, p.LadderEnded, p.Informed),
        "the ladder begins after the hold-down",
    ),
    **_off(
        (S.TALKING, S.RECOVERING, S.WITH_AGENT),
        (p.StepDue, p.Contacted, p.LadderEnded, p.Informed),
        "somebody has answered or taken it: the ladder has stopped",
    ),
    **_off((S.HELD, S.CONTACTING), (p.FixTried, p.FixFailed, p.TalkStalled), "nobody is talking yet"),
    **_off((S.TALKING,), (p.FixFailed,), "nothing is being tried"),
    **_off((S.WITH_AGENT,), (p.FixTried, p.FixFailed, p.TalkStalled), "a person leads the conversation"),
    **_off(_OPEN, (p.Reopened, p.CustomerReturned), "it has not ended"),
    **_off(
        (S.HELD, S.CONTACTING, S.TALKING, S.RECOVERING),
        (p.StepsWanted,),
        "the steps are being walked already",
    ),
    **_off(
        (S.HELD, S.CONTACTING, S.TALKING, S.RECOVERING), (p.AgentReleased, p.AgentLapsed), "no agent has it"
    ),
    **_off((S.WITH_AGENT,), (p.WentLive,), "people have it on their list already"),
    **_off((S.WITH_AGENT,), (p.Expired,), "it ends when the device recovers or a person closes it"),
    **_off(
        _ENDS,
        tuple(
            e for e in p.PASSAGES if e not in (p.Recovered, p.Reopened, p.CustomerReturned, p.PersonWanted)
        ),
        "the case is over",
    ),
    **_off((S.MERGED,), p.PASSAGES, "a merged case only points to the one that goes on"),
}


def step_on(case: Case, event: p.Passage, now: Moment, policy: Policy) -> Move | None:
    """The move that `event` makes of `case` at `now` (UTC µs); None when it changes nothing here (see `OFF_STREET`)."""
    step = STREET.get((case.state, type(event)))
    return None if step is None else step(case, event, now, policy)


# Where each step can lead; a step that is not named stays where it is. `street` tests hold this against the steps.
LEADS: Mapping[StreetStep, tuple[CaseState, ...]] = {
    m.reach_out: (S.CONTACTING,),
    m.give_up: (S.WITH_AGENT,),
    m.informed: (S.HELD,),
    m.hand_over: (S.WITH_AGENT,),
    e.join_at_desk: (S.HELD,),
    m.talk: (S.TALKING,),
    m.watch: (S.RECOVERING,),
    m.back_to_talk: (S.TALKING,),
    m.lost_touch: (S.WITH_AGENT,),
    m.recover: (S.RESOLVED,),
    m.close: (S.RESOLVED,),
    m.reopen: (S.HELD,),
    m.welcome_back: (S.TALKING,),
    m.return_to_agent: (S.WITH_AGENT,),
    m.take: (S.WITH_AGENT,),
    d.endanger: (S.WITH_AGENT,),
    m.hand_back: (S.CONTACTING, S.TALKING),
    m.back_to_steps: (S.TALKING,),
    m.list_only: (S.HELD,),
    m.expire: (S.EXPIRED, S.WITH_AGENT),
}


def words(event: type[p.Passage]) -> str:
    """`AgentTook` as `agent took`."""
    name = event.__name__
    return name[0].lower() + "".join(f" {c.lower()}" if c.isupper() else c for c in name[1:])


def picture() -> str:
    """`docs/street.md`: a Mermaid diagram and the table, drawn from `STREET`, `LEADS` and `OFF_STREET`."""
    arrows: dict[tuple[CaseState, CaseState], list[str]] = {}
    for (state, event), step in STREET.items():
        for goal in LEADS.get(step, ()):
            if goal is not state:
                arrows.setdefault((state, goal), []).append(words(event))
    lines = [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    rows = [
        f"| {state} | {words(event)} | {(step.__doc__ or '').splitlines()[0]} |"
        for (state, event), step in STREET.items()
    ]
    reasons: dict[tuple[str, str], list[str]] = {}
    for (state, event), why in OFF_STREET.items():
        reasons.setdefault((str(state), why), []).append(words(event))
    off = [f"| {state} | {', '.join(names)} | {why} |" for (state, why), names in reasons.items()]
    return "\n".join([*_HEAD, *lines, *_MIDDLE, *rows, *_BELOW, *off, ""])


_HEAD = (
    "# The street: the life of a case",
    "",
    "Drawn from the table in `hub/domain/street.py`; change it there and draw it again:",
    "`python -c \"from hub.domain.street import picture; print(picture(), end='')\" > docs/street.md`",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "    [*] --> held: fault opened",
)
_MIDDLE = (
    "    resolved --> [*]",
    "    expired --> [*]",
    "```",
    "",
    "## What happens when",
    "",
    "| state | what happened | what we do |",
    "|---|---|---|",
)
_BELOW = (
    "",
    "## What changes nothing, and why",
    "",
    "| state | what happened | why nothing follows |",
    "|---|---|---|",
)
