"""Simulated devices: bodies with simple, honest physics, and the MQTT connection that carries them."""

from simulators.devices.body import Answer, Body, Metric
from simulators.devices.device import AN_HOUR_AHEAD, TEN_MINUTES_SLOW, Device, Quirks, Uplink
from simulators.devices.fleet import MODELS, Fleet
from simulators.devices.fridge import Fridge
from simulators.devices.heatpump import HeatPump
from simulators.devices.router import Router
from simulators.devices.washer import Washer

__all__ = [
    "AN_HOUR_AHEAD",
    "MODELS",
    "TEN_MINUTES_SLOW",
    "Answer",
    "Body",
    "Device",
    "Fleet",
    "Fridge",
    "HeatPump",
    "Metric",
    "Quirks",
    "Router",
    "Uplink",
    "Washer",
]
