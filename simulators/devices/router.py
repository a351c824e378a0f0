"""A Wi-Fi router with a bad line: `nordwarm/router-r3`, a reading every 30 seconds.

After a line fault 35 to 60 % of its packets are lost until it is restarted, and so it is with full memory. A restart takes about two minutes,
during which it is not connected; it answers the command before it goes. The model knows nothing of MQTT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulators.devices.body import SECOND, Answer, Metric, Noise, refused, towards

REBOOT = 120 * SECOND


class Router:
    """uptime in s, wan_loss and memory_used in %, latency in ms, wifi_rssi in dBm, clients counted.

    `lost` routers reboot without a goodbye: the broker sends their last will.
    """

    model = "nordwarm/router-r3"
    every = 30 * SECOND

    def __init__(self, device_id: str, lost: bool = False) -> None:
        self.id = device_id
        self.lost = lost
        self.faulty = False
        self.leaking = False
        self.uptime = 3 * 86_400.0
        self.memory_used = 40.0
        self._clients = 9
        self._noise = Noise(device_id)
        self._events: list[dict[str, Metric]] = []

    def step(self, seconds: float) -> None:
        """Let `seconds` pass; people come and go."""
        self.uptime += seconds
        full, minutes = (97.0, 20) if self.leaking else (46.0, 10_000)
        self.memory_used = towards(self.memory_used, full, seconds, minutes)
        if self._noise.chance(0.1):
            self._clients = max(2, min(18, self._clients + (1 if self._noise.chance(0.5) else -1)))

    def read(self) -> dict[str, Metric]:
        """The six metrics of the model."""
        noise = self._noise
        loss = noise.between(35, 60) if self.faulty else noise.between(0, 0.6)
        latency = noise.between(180, 420, 0) if self.faulty else noise.between(12, 24, 0)
        return {
            "uptime": round(self.uptime),
            "wan_loss": loss,
            "latency": latency,
            "clients": self._clients,
            "wifi_rssi": noise.around(-52, 2, 0),
            "memory_used": noise.around(self.memory_used, 0.3),
        }

    def obey(self, name: str, args: Mapping[str, object]) -> Answer:
        """`restart`."""
        if name == "restart":
            return Answer(True, {"seconds": REBOOT // SECOND}, away=REBOOT, lost=self.lost)
        return refused(f"unknown command {name}")

    def booted(self) -> None:
        """A restart mends the line, frees the memory and begins the uptime at 0."""
        self.faulty = self.leaking = False
        self.uptime, self.memory_used = 0.0, 36.0
        self._events.append({"event": "reboot", "reason": "command"})

    def events(self) -> list[dict[str, Metric]]:
        """Reboots."""
        events, self._events = self._events, []
        return events

    def line_fault(self) -> None:
        """The line to the internet goes bad until a restart."""
        self.faulty = True

    def leak_memory(self) -> None:
        """A program in it takes more and more memory until a restart."""
        self.leaking = True

    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Faults by name; the repair is a restart."""
        return {"line_fault": self.line_fault, "leak_memory": self.leak_memory}
