"""A washing machine that washes when it is told to: `nordwarm/washer-w1`, a reading every 30 seconds.

A wash fills, warms up, washes, drains, rinses, drains, spins and ends with a click of the lock. Its owner can leave the tap
closed or the filter full of fluff; a hose can leak, a heavy towel lie on one side. The model knows nothing of MQTT or of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from simulators.devices.body import SECOND, Answer, Metric, Noise, refused, towards

FILL = 6.0  # litres a minute through an open tap
DRAIN = 9.0  # litres a minute through a clean filter
FULL = 14.0  # litres in the drum
HEATING = 1.8  # °C a minute
LOCK = 1.5  # minutes until the door lets go after the end
TRIES = 4  # spins before it gives up
REBOOT = 20 * SECOND


class Phase(StrEnum):
    """What it is doing."""

    IDLE = "idle"
    FILLING = "filling"
    HEATING = "heating"
    WASHING = "washing"
    DRAINING = "draining"
    RINSING = "rinsing"
    SPINNING = "spinning"
    DONE = "done"


WASH = (
    Phase.FILLING, Phase.HEATING, Phase.WASHING, Phase.DRAINING,
    Phase.FILLING, Phase.RINSING, Phase.DRAINING, Phase.SPINNING, Phase.DONE,
)  # fmt: skip
MINUTES = {Phase.WASHING: 30.0, Phase.RINSING: 8.0, Phase.SPINNING: 6.0}
TURNS = {Phase.HEATING: 50.0, Phase.WASHING: 55.0, Phase.RINSING: 55.0, Phase.SPINNING: 1200.0}


class Washer:
    """Temperatures in °C, water_level and water_used in l, drum_speed in rpm; what it sees of water and foam is yes or no."""

    model = "nordwarm/washer-w1"
    every = 30 * SECOND

    def __init__(self, device_id: str, target_temp: float = 40.0) -> None:
        self.id = device_id
        self.target_temp = target_temp
        self.water_level = 0.0
        self.water_used = 12_000.0
        self.water_temp = self.motor_temp = 20.0
        self.closed = self.clogged = self.leaking = self.lopsided = self.cold = self.jammed = False
        self.phase = Phase.IDLE
        self._at = len(WASH) - 1  # place in the wash
        self._since = 0.0  # minutes in this phase
        self._tries = 0
        self._noise = Noise(device_id)
        self._events: list[dict[str, Metric]] = []

    def start(self) -> None:
        """Somebody starts a wash."""
        self._enter(0)

    def _enter(self, place: int) -> None:
        self._at, self.phase, self._since, self._tries = place, WASH[place], 0.0, 0

    def step(self, seconds: float) -> None:
        """Let `seconds` pass, half a minute at a time at most, or a phase could be jumped over."""
        while seconds > 0:
            part = min(seconds, 30.0)
            self._part(part)
            seconds -= part

    def _part(self, seconds: float) -> None:
        minutes = seconds / 60
        self._since += minutes
        self._water(minutes)
        warm = 70.0 if self.phase is Phase.SPINNING else 45.0 if self.phase in TURNS else 20.0
        self.motor_temp = towards(self.motor_temp, warm, seconds, 8)
        if self._at < len(WASH) - 1 and self._ready():
            self._enter(self._at + 1)

    def _water(self, minutes: float) -> None:
        if self.phase is Phase.FILLING and not self.closed:
            self.water_level += FILL * minutes
            self.water_used += FILL * minutes
            self.water_temp = 18.0
        elif self.phase is Phase.HEATING and not self.cold:
            self.water_temp += HEATING * minutes
        elif self.phase is Phase.DRAINING and not self.clogged:
            self.water_level = max(0.0, self.water_level - DRAIN * minutes)

    def _ready(self) -> bool:
        """Whether the phase has done what it is there for."""
        match self.phase:
            case Phase.FILLING:
                return self.water_level >= FULL
            case Phase.HEATING:
                return self.water_temp >= self.target_temp or self._since > 60
            case Phase.DRAINING:
                return self.water_level <= 0
            case Phase.SPINNING if self.lopsided:
                return self._gives_up()
        return self._since >= MINUTES.get(self.phase, 0.0)

    def _gives_up(self) -> bool:
        """Two minutes of trying to spread the laundry are one try; after the last it ends without a spin."""
        if self._since >= 2:
            self._since, self._tries = 0.0, self._tries + 1
            self._events.append({"event": "spin_aborted"})
        return self._tries >= TRIES

    def read(self) -> dict[str, Metric]:
        """The ten metrics of the model."""
        noise = self._noise.around
        trying = self.phase is Phase.SPINNING and self.lopsided
        speed = 90.0 if trying else TURNS.get(self.phase, 0.0)
        return {
            "phase": self.phase.value,
            "water_level": max(0.0, noise(self.water_level, 0.05)),
            "water_used": round(self.water_used, 1),
            "water_temp": noise(self.water_temp, 0.1),
            "target_temp": self.target_temp,
            "drum_speed": max(0.0, noise(speed, 1.0, 0)),
            "motor_temp": noise(self.motor_temp, 0.3),
            "pan_water": self.leaking,
            "suds": False,
            "door_lock": "unlocked" if self._unlocked() else "locked",
        }

    def _unlocked(self) -> bool:
        at_rest = self.phase is Phase.IDLE or (self.phase is Phase.DONE and self._since > LOCK)
        return at_rest and not self.jammed and self.water_level < 1

    def obey(self, name: str, args: Mapping[str, object]) -> Answer:
        """`drain`, `spin`, `unlock`, `pause` and `restart`."""
        if name == "restart":
            return Answer(True, {"seconds": REBOOT // SECOND}, away=REBOOT)
        if name == "drain":
            self._enter(WASH.index(Phase.DRAINING, 6))
            return Answer(True)
        if name == "spin":
            self._enter(WASH.index(Phase.SPINNING))
            return Answer(True)
        if name == "unlock":
            if self.water_level >= 1:
                return refused("there is water in the drum")
            self.jammed = False
            return Answer(True)
        if name == "pause":
            self._at, self.phase = len(WASH) - 1, Phase.IDLE
            return Answer(True)
        return refused(f"unknown command {name}")

    def booted(self) -> None:
        """A restart frees a jammed lock and ends the wash."""
        self.jammed = False
        self._at, self.phase = len(WASH) - 1, Phase.IDLE
        self._events.append({"event": "reboot", "reason": "command"})

    def events(self) -> list[dict[str, Metric]]:
        """Spins that were given up, and reboots."""
        events, self._events = self._events, []
        return events

    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Faults and repairs by name."""
        return {
            "start": self.start,
            "close_tap": lambda: setattr(self, "closed", True),
            "open_tap": lambda: setattr(self, "closed", False),
            "clog_filter": lambda: setattr(self, "clogged", True),
            "clean_filter": lambda: setattr(self, "clogged", False),
            "spring_leak": lambda: setattr(self, "leaking", True),
            "mop_up": lambda: setattr(self, "leaking", False),
            "lopside": lambda: setattr(self, "lopsided", True),
            "spread": lambda: setattr(self, "lopsided", False),
            "break_heater": lambda: setattr(self, "cold", True),
            "mend_heater": lambda: setattr(self, "cold", False),
            "jam_lock": lambda: setattr(self, "jammed", True),
            "free_lock": lambda: setattr(self, "jammed", False),
        }
