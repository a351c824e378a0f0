"""Sealing: the packet of a case whose customer came back gets a part with what is there now. Contacts nobody, changes no part.

What the first part says of the first fault stays as it was; this one holds the readings of the last hour, and no trigger: it
was a person who came, not a fault.
"""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.ids import Moment
from hub.domain.packet import BEFORE, Findings, build, seal
from hub.flow.context import Context
from hub.flow.knowing import still_open
from hub.ports import Tx

PATIENCE = 0.05  # real seconds that a packet waits for the log: its customer waits too


async def seal_return(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """What is known of the device at `now`; nothing for a case in which no fault was ever found."""
    faults = sorted(await tx.cases.faults(case.id), key=lambda row: row.change.start)
    if not faults:
        return
    state, parts = await tx.devices.state(case.device), await tx.cases.packet(case.id)
    seen = await ctx.log.window(case.device, (Moment(now - BEFORE), Moment(now + 1)), within=PATIENCE)
    siblings = await tx.devices.at_site(case.site) if case.site else []
    found = Findings(
        case=case,
        change=faults[-1].change,
        device=await tx.devices.get(case.device),
        state=state,
        owner=None,
        records=seen.records,
        past=await tx.cases.of_device(case.device),
        siblings=[each.id for each in siblings if each.id != case.device],
        whole=seen.whole,
    )
    body = {name: told for name, told in build(found, now).items() if name != "trigger"}
    body["returned"] = {"because": "customer_returned", "fault_open": bool(still_open(faults))}
    body["values"] = {name: value for name, (value, _) in state.values.items()} if state else {}
    before = parts[-1].sha256 if parts else ""
    await tx.cases.add_packet(seal(case.id, len(parts), now, body, before))
