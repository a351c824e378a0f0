"""A fridge whose door stays open: `nordwarm/fridge-f2`, a reading a minute.

With the door closed the compressor keeps 3 to 5 °C; with the door open the warm air wins over it within half
an hour, and falls back within the hour after closing. A stalled compressor warms it slowly, until a restart. The model knows nothing of MQTT or of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulators.devices.body import SECOND, Answer, Metric, Noise, refused, towards

COOLING = 0.22  # °C a minute, compressor running
LEAK_CLOSED = 420.0  # minutes: time constant towards the room
LEAK_OPEN = 30.0
REBOOT = 30 * SECOND


class Fridge:
    """Temperatures in °C, compressor_power in W, door `open` or `closed`."""

    model = "nordwarm/fridge-f2"
    every = 60 * SECOND

    def __init__(self, device_id: str, ambient_temp: float = 21.0) -> None:
        self.id = device_id
        self.ambient_temp = ambient_temp
        self.inside_temp = 4.0
        self.open = False
        self.stalled = False
        self._running = False
        self._noise = Noise(device_id)
        self._events: list[dict[str, Metric]] = []

    def step(self, seconds: float) -> None:
        """Let `seconds` pass, a minute at a time at most, or the thermostat would overshoot."""
        while seconds > 0:
            part = min(seconds, 60.0)
            self._running = not self.stalled and self.inside_temp > (3.0 if self._running else 5.0)
            leak = LEAK_OPEN if self.open else LEAK_CLOSED
            self.inside_temp = towards(self.inside_temp, self.ambient_temp, part, leak)
            self.inside_temp -= COOLING * part / 60 if self._running else 0.0
            seconds -= part

    def read(self) -> dict[str, Metric]:
        """The four metrics of the model."""
        noise = self._noise.around
        return {
            "inside_temp": noise(self.inside_temp, 0.1),
            "door": "open" if self.open else "closed",
            "compressor_power": max(0.0, noise(95.0 if self._running else 1.5, 1.0, 0)),
            "ambient_temp": noise(self.ambient_temp, 0.1),
        }

    def obey(self, name: str, args: Mapping[str, object]) -> Answer:
        """`beep` (it makes itself heard) and `restart`. A fridge cannot close its door."""
        if name == "beep":
            return Answer(True)
        if name == "restart":
            return Answer(True, {"seconds": REBOOT // SECOND}, away=REBOOT)
        return refused(f"unknown command {name}")

    def booted(self) -> None:
        """The compressor starts anew."""
        self._running = self.stalled = False
        self._events.append({"event": "reboot", "reason": "command"})

    def events(self) -> list[dict[str, Metric]]:
        """Reboots."""
        events, self._events = self._events, []
        return events

    def leave_door_open(self) -> None:
        """Somebody has left the door open."""
        self.open = True

    def close_door(self) -> None:
        """Somebody has closed it."""
        self.open = False

    def stall_compressor(self) -> None:
        """The compressor does not start any more, until a restart."""
        self.stalled = True

    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Faults and repairs by name."""
        return {
            "leave_door_open": self.leave_door_open,
            "close_door": self.close_door,
            "stall_compressor": self.stall_compressor,
        }
