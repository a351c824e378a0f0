"""How a device of the simulated world looks to whoever lives with it: a few values, and what can be done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.devices import Fridge, HeatPump, Router
from simulators.devices.device import Device

VALUES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    HeatPump.model: (("coil_temp", "Outdoor coil", "°C"), ("room_temp", "Room", "°C"), ("mode", "Mode", "")),
    Fridge.model: (
        ("inside_temp", "Inside", "°C"),
        ("door", "Door", ""),
        ("compressor_power", "Compressor", "W"),
    ),
    Router.model: (
        ("wan_loss", "Lost packets", "%"),
        ("latency", "Delay", "ms"),
        ("memory_used", "Memory", "%"),
    ),
}
"""What is worth showing: metric, what it is called, unit. The first is the one to watch."""

FAULTS: Mapping[str, str] = {
    "stick_defrost": "Let snow block its air outlet",
    "open_windows": "Leave the windows open",
    "lose_water": "Let it lose water",
    "stick_flow": "Jam its flow valve",
    "leave_door_open": "Leave the door ajar",
    "stall_compressor": "Stall the compressor",
    "line_fault": "Disturb the internet line",
    "leak_memory": "Let its memory leak",
}
REPAIRS: Mapping[str, str] = {
    "clear_snow": "Clear the snow away",
    "close_windows": "Close the windows",
    "refill_water": "Refill the water",
    "close_door": "Close the door",
}


def thing(device: Device, name: str) -> dict[str, Any]:
    """A device as the page shows it."""
    last, known = device.last, device.body.happenings()
    values = [
        {"label": label, "value": _plain(last[metric]), "unit": unit}
        for metric, label, unit in VALUES.get(device.body.model, ())
        if metric in last
    ]
    return {
        "id": device.id,
        "name": name,
        "kind": device.body.model.partition("/")[2].partition("-")[0],
        "online": device.online,
        "values": values,
        "faults": [{"name": each, "label": label} for each, label in FAULTS.items() if each in known],
        "repairs": [{"name": each, "label": label} for each, label in REPAIRS.items() if each in known],
    }


def _plain(value: float | int | str) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
