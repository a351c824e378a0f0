"""Healing: a play's safe command is tried before anybody is asked, and the device's own telemetry says whether it helped.

What is urgent gets the command at once and people besides. It never asks anybody and never claims a success.
"""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.effects import CommandDevice, Note, WakeAt
from hub.domain.events import CommandAnswered
from hub.domain.ids import CaseId, CommandId, Moment, command_id
from hub.domain.ladder import urgent
from hub.domain.play import Play
from hub.flow.context import Context
from hub.ports import Tx

SELF_HEAL = "self_heal"
LIFE = 2 * 60 * 1_000_000  # µs: a command whose fault is urgent is of no use later than this


async def try_alone(tx: Tx, case: Case, play: Play, now: Moment, ctx: Context) -> None:
    """Send the play's safe command. Unless it is urgent, nobody is asked before it has had its time.

    A sleeping device gets the command when it wakes, until it expires; a minor fault is worth waiting for that.
    """
    wait = play.heal_wait or ctx.policy.heal_waits[case.severity]
    state = await tx.devices.state(case.device)
    asleep = state is not None and state.asleep
    life = max(wait, LIFE, ctx.policy.sleepy if asleep else 0)
    command = CommandDevice(
        id=self_heal_id(case.id),
        case=case.id,
        device=case.device,
        name=play.self_heal,
        args=dict(play.heal_args),
        expires=Moment(now + life),
        repeatable=play.heal_repeatable,
    )
    await tx.outbox.put(command, now)
    because = Because.SELF_HEAL
    if asleep:
        await tx.errands.lay_down(CommandId(command.id))
        await tx.wakes.put(WakeAt(case.id, "command", command.expires, token=command.id))
        because = Because.WAITS_FOR_DEVICE
    data = {"command": command.id, "name": command.name, "asleep": asleep}
    await tx.facts.add(Note(case.id, case.device, "command.wanted", because, data), now)
    if not urgent(case):
        hold = max(wait, ctx.policy.hold_downs[case.severity])
        await tx.wakes.put(WakeAt(case.id, "hold", Moment(now + hold)))


async def healing(tx: Tx, case: Case) -> bool:
    """Whether a safe command has its time now: the hold is longer than the policy's."""
    return any(wake.name == "hold" for wake in await tx.wakes.of_case(case.id))


async def not_healed(tx: Tx, event: CommandAnswered, case: Case, now: Moment, ctx: Context) -> None:
    """The device cannot carry its safe command out: there is nothing to wait for beyond the hold-down itself."""
    if event.ok or event.command != self_heal_id(case.id) or case.state is not CaseState.HELD:
        return
    due = [wake.due for wake in await tx.wakes.of_case(case.id) if wake.name == "hold"]
    held = Moment(max(now, case.opened + ctx.policy.hold_downs[case.severity]))
    if due and held < due[0]:
        await tx.wakes.put(WakeAt(case.id, "hold", held))


def self_heal_id(case: CaseId) -> str:
    """The id of the safe command that a case begins with."""
    return command_id(case, SELF_HEAL, "0")
