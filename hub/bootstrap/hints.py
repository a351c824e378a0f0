"""What looks odd in the settings once one can look into the store: names of devices, models and customers that nobody knows (yet).

None of it is refused: a device may be registered tomorrow, and a gateway needs no rule book.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from hub.bootstrap.soundness import placed_slip
from hub.domain.ids import CustomerId, DeviceId
from hub.domain.incident import Cohort
from hub.ports import BadInput, Store, Tx
from hub.settings import Settings
from hub.settings.slips import nearest

LOOKED_AT = 1_000  # registered devices among which a near name is looked for


async def hints_of(settings: Settings, store: Store, models: Collection[str]) -> list[BadInput]:
    """What looks odd, each with the line of the settings file; `models` are those that have a rule book."""
    async with store.reading() as tx:
        found = [hint async for hint in _strangers(settings, tx)]
        found += [hint async for hint in _unknown_models(settings, tx, models)]
        found += [hint async for hint in _nobody(settings, tx)]
    return settings.sources.in_order(placed_slip(hint, settings) for hint in found)


async def _strangers(settings: Settings, tx: Tx) -> AsyncIterator[BadInput]:
    for number, name in enumerate(settings.sending.test_devices):
        if await tx.devices.get(DeviceId(name)) is None:
            known = [device.id for device in await tx.devices.page("", LOOKED_AT)]
            remedy = nearest(name, known) or "Nothing goes to it until a device of this id is registered."
            yield BadInput(f"sending.test_devices[{number}]", "no such device is registered", remedy)


async def _unknown_models(settings: Settings, tx: Tx, models: Collection[str]) -> AsyncIterator[BadInput]:
    for number, name in enumerate(settings.incidents.gateways):
        if name not in models and not await tx.incidents.size(Cohort("model", name).key, 1):
            cause = "neither a rule book nor a registered device is of this model"
            yield BadInput(f"incidents.gateways[{number}]", cause, nearest(name, models))
    for number, mapping in enumerate(settings.mqtt.mapping):
        if mapping.model and mapping.model not in models:
            cause = "no rule book is for this model, so nothing of it will be judged"
            yield BadInput(f"mqtt.mapping[{number}].model", cause, nearest(mapping.model, models))


async def _nobody(settings: Settings, tx: Tx) -> AsyncIterator[BadInput]:
    for number, home in enumerate(settings.voices.homes):
        for speaker, customer in home.satellites.items():
            if await tx.people.customer(CustomerId(customer)) is None:
                place = f"voices.homes[{number}].satellites.{speaker}"
                yield BadInput(
                    place, "there is no such customer", "Write the id that they were imported with."
                )
