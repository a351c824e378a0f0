"""Names in the settings that nobody knows are told when one can look into the store, and refused nowhere."""

from __future__ import annotations

from pathlib import Path

from hub.bootstrap.hints import hints_of
from hub.domain.device import Device
from hub.domain.ids import DeviceId
from hub.settings import load
from hub.testing import MemoryStore

TOML = """[sending]
test_devices = ["hp-1", "hp-2", "oven"]
[incidents]
gateways = ["acme/bridge", "acme/hub", "nordwarm/router-r"]
[[mqtt.mapping]]
topic = "a/{device_id}"
model = "nordwarm/heatpump"
[[voices.homes]]
name = "villa"
listen = 10300
satellites = {"assist_satellite.hall" = "c-1"}
"""


async def test_an_engineer_is_told_of_devices_models_and_customers_that_nobody_knows(tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text(TOML)
    store = MemoryStore()
    async with store.transaction() as tx:
        await tx.devices.put(Device(DeviceId("hp-1"), "nordwarm/heatpump-x1", "the heat pump"))
        await tx.devices.put(Device(DeviceId("br-1"), "acme/bridge", "the bridge"))

    hints = await hints_of(load({}, file), store, ["nordwarm/heatpump-x1", "nordwarm/router-r3"])

    assert [str(hint).replace(f"{file}:", "") for hint in hints] == [
        "2: sending.test_devices[1]: no such device is registered. Did you mean hp-1?",
        "2: sending.test_devices[2]: no such device is registered. There are: br-1, hp-1.",
        "4: incidents.gateways[1]: neither a rule book nor a registered device is of this model. "
        "There are: nordwarm/heatpump-x1, nordwarm/router-r3.",
        "4: incidents.gateways[2]: neither a rule book nor a registered device is of this model. "
        "Did you mean nordwarm/router-r3?",
        "7: mqtt.mapping[0].model: no rule book is for this model, so nothing of it will be judged. "
        "Did you mean nordwarm/heatpump-x1?",
        "11: voices.homes[0].satellites.assist_satellite.hall: there is no such customer. "
        "Write the id that they were imported with.",
    ]
    await store.close()
