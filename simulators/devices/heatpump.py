"""A heat pump that ices up: `nordwarm/heatpump-x1`, a reading a minute.

In frost every outdoor coil gathers ice, and the pump defrosts it about every hour and a half. When snow blocks
the air outlet, the defrost does not start: the coil falls to about -14 °C, the fan slows, the house slowly cools.
It still heats all the while. Once somebody has cleared the snow, the next defrost works and the coil rises
within minutes. Beside that its owner can leave windows open, its heating water can run low, and a stuck flow valve
can make the water too hot. The model knows nothing of MQTT or of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from simulators.devices.body import SECOND, Answer, Metric, Noise, refused, towards

ICE_PER_MINUTE = 1 / 180  # a free coil is due for a defrost (0.5) after 90 minutes
ICE_PER_MINUTE_BLOCKED = 1 / 40
DEFROST_DUE = 0.5
DEFROST_MINUTES = 9.0
RETRY_MINUTES = 10.0
REBOOT = 60 * SECOND


class Mode(StrEnum):
    """What the pump is doing; the model can also cool, but nobody asks it to in winter."""

    OFF = "off"
    HEAT = "heat"
    DEFROST = "defrost"


class HeatPump:
    """Temperatures in °C, power in W, fan_speed in rpm, pressure (of the heating water) in bar, defrost_age in minutes."""

    model = "nordwarm/heatpump-x1"
    every = 60 * SECOND

    def __init__(
        self,
        device_id: str,
        outdoor_temp: float = -3.0,
        setpoint: float = 21.0,
        ice: float = 0.1,
        defrost_age: float = 20.0,
    ) -> None:
        self.id = device_id
        self.mode = Mode.HEAT
        self.setpoint = setpoint
        self.outdoor_temp = outdoor_temp
        self.room_temp = setpoint
        self.ice = ice  # 0 is a clean coil, 1.2 is a block of ice
        self.coil_temp = self._coil_goal()
        self.supply_temp = 36.0
        self.pressure = 1.6
        self.blocked = False
        self.windows_open = False
        self.leaking = False
        self.flow_stuck = False
        self._defrost_age = defrost_age  # minutes
        self._defrosting = 0.0  # minutes left
        self._until_retry = 0.0  # minutes
        self._noise = Noise(device_id)
        self._events: list[dict[str, Metric]] = []

    def step(self, seconds: float) -> None:
        """Let `seconds` pass, a minute at a time at most, or a defrost could be jumped over."""
        while seconds > 0:
            part = min(seconds, 60.0)
            self._part(part)
            seconds -= part

    def _part(self, seconds: float) -> None:
        minutes = seconds / 60
        self._defrost_age += minutes
        self._until_retry -= minutes
        if self.mode is Mode.DEFROST:
            self._defrost(minutes)
        elif self.mode is Mode.HEAT:
            self._gather_ice(minutes)
        self._temperatures(seconds)

    def _defrost(self, minutes: float) -> None:
        self._defrosting -= minutes
        self.ice = max(0.0, self.ice - 1.2 * minutes / DEFROST_MINUTES)
        if self._defrosting <= 0:
            self.ice = 0.0
            self.mode = Mode.HEAT
            self._defrost_age = 0.0
            self._events.append({"event": "defrost_finished"})

    def _gather_ice(self, minutes: float) -> None:
        if self.coil_temp < 0 and self.outdoor_temp < 7:
            rate = ICE_PER_MINUTE_BLOCKED if self.blocked else ICE_PER_MINUTE
            self.ice = min(1.2, self.ice + rate * minutes)
        if self.ice >= DEFROST_DUE and self._until_retry <= 0:
            self._until_retry = RETRY_MINUTES
            if not self.blocked:
                self._start_defrost()

    def _start_defrost(self) -> None:
        self.mode = Mode.DEFROST
        self._defrosting = DEFROST_MINUTES

    def _temperatures(self, seconds: float) -> None:
        self.coil_temp = towards(self.coil_temp, self._coil_goal(), seconds, 4)
        strength = max(0.0, 1 - 0.66 * max(0.0, self.ice - 0.5) / 0.7)  # an iced coil gives little heat
        demand = min(1.0, max(0.0, (self.setpoint + 0.3 - self.room_temp) / 0.6))
        if self.mode is not Mode.HEAT:
            strength = demand = 0.0
        warm = 84.0 if self.flow_stuck and demand else self.room_temp + 14 * strength + 2
        self.supply_temp = towards(self.supply_temp, warm, seconds, 6)
        gain = 2.2 * strength**2 * demand  # °C an hour
        loss = (self.room_temp - self.outdoor_temp) / (
            5 if self.windows_open else 36
        )  # hours it keeps its warmth
        self.room_temp += (gain - loss) * seconds / 3600
        self.pressure = towards(
            self.pressure, 0.4 if self.leaking else 1.6, seconds, 12 if self.leaking else 2
        )

    def _coil_goal(self) -> float:
        if self.mode is Mode.DEFROST:
            return 14.0
        if self.mode is Mode.OFF:
            return self.outdoor_temp
        return self.outdoor_temp - 4 - 6 * self.ice

    def read(self) -> dict[str, Metric]:
        """The ten metrics of the model."""
        noise = self._noise.around
        running = {Mode.HEAT: 1500.0, Mode.DEFROST: 900.0, Mode.OFF: 6.0}[self.mode]
        fan = 900 * max(0.3, 1 - 0.55 * self.ice) if self.mode is Mode.HEAT else 0.0
        return {
            "supply_temp": noise(self.supply_temp, 0.1),
            "room_temp": noise(self.room_temp, 0.05),
            "setpoint": self.setpoint,
            "coil_temp": noise(self.coil_temp, 0.15),
            "outdoor_temp": noise(self.outdoor_temp, 0.1),
            "power": noise(running * (1 + 0.25 * self.ice), 8.0, 0),
            "fan_speed": max(0.0, noise(fan, 4.0, 0)),
            "mode": self.mode.value,
            "defrost_age": round(self._defrost_age),
            "pressure": noise(self.pressure, 0.01, 2),
        }

    def obey(self, name: str, args: Mapping[str, object]) -> Answer:
        """`defrost` (only when air gets through), `restart`, `set` with a `setpoint` of 5 to 30 °C."""
        if name == "defrost":
            return self._asked_to_defrost()
        if name == "restart":
            return Answer(True, {"seconds": REBOOT // SECOND}, away=REBOOT)
        if name == "set":
            wanted = args.get("setpoint")
            if isinstance(wanted, int | float) and 5 <= wanted <= 30:
                self.setpoint = float(wanted)
                return Answer(True, {"setpoint": self.setpoint})
            return refused("setpoint must be a number from 5 to 30")
        return refused(f"unknown command {name}")

    def _asked_to_defrost(self) -> Answer:
        if self.blocked:
            return refused("no airflow at the outlet")
        if self.mode is Mode.OFF:
            return refused("the unit is off")
        self._start_defrost()
        return Answer(True, {"minutes": DEFROST_MINUTES})

    def booted(self) -> None:
        """A reboot ends a defrost, frees a stuck valve, and forgets when the next defrost is due."""
        self.flow_stuck = False
        self.mode = Mode.HEAT if self.mode is not Mode.OFF else Mode.OFF
        self._until_retry = 0.0
        self._events.append({"event": "reboot", "reason": "command"})

    def events(self) -> list[dict[str, Metric]]:
        """Finished defrosts and reboots."""
        events, self._events = self._events, []
        return events

    def stick_defrost(self) -> None:
        """Snow blocks the outlet: from now on no defrost starts, and ice gathers fast."""
        self.blocked = True

    def clear_snow(self) -> None:
        """Somebody has cleared the outlet: the pump tries its next defrost within minutes."""
        self.blocked = False

    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """Faults and repairs by name."""
        return {
            "stick_defrost": self.stick_defrost,
            "clear_snow": self.clear_snow,
            "open_windows": lambda: setattr(self, "windows_open", True),
            "close_windows": lambda: setattr(self, "windows_open", False),
            "lose_water": lambda: setattr(self, "leaking", True),
            "refill_water": lambda: setattr(self, "leaking", False),
            "stick_flow": lambda: setattr(self, "flow_stuck", True),
            "switch_off": lambda: setattr(self, "mode", Mode.OFF),
            "switch_on": lambda: setattr(self, "mode", Mode.HEAT),
        }
