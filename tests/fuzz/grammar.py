"""Books and conditions made up from the words of the language, right and wrong alike, and texts that are hardly YAML."""

from __future__ import annotations

import json
from random import Random

NAMES = (
    "temp", "load", "flag", "mode", "power", "total", "attr.limit", "attr.kind", "attr", "presence", "tmp", "event.reboot",
    'event.error(code="E1")', "site.devices", "fleet", "t\u00e9mp", "\u6e29\u5ea6", "if", "lambda", "__class__", "values",
)  # fmt: skip
NUMBERS = (
    "0", "1", "-1", "0.5", "3", "100", "1e308", "1e309", "-1e999", "1e-320", "9" * 40, "9" * 400, "0x10", "0b1", "1_000",
    "007", "1.", ".5", "1j", "nan", "inf", "True", "None", "2**62", "9223372036854775808",
)  # fmt: skip
SPANS = (
    "1m",
    "5m",
    "90s",
    "1h",
    "1d",
    "365d",
    "366d",
    "0s",
    "1us",
    "-1m",
    "1h30m",
    "1m1h",
    "99999999d",
    "5",
    "m",
    "1ms",
    "8h",
)
WORDS = (
    '"on"',
    '"off"',
    "'eco'",
    '"p95"',
    '"online"',
    '""',
    '"\\u0000"',
    '"%s{0}"',
    '"' + "x" * 300 + '"',
    "on",
)
FUNCTIONS = (
    "avg", "min", "max", "sum", "count", "stddev", "quantile", "first", "last", "delta", "increase", "rate", "changes",
    "share", "times", "prev", "stuck", "missing", "drift", "unusual", "forecast", "hour", "weekday", "abs", "fleet", "any",
    "all", "avrg", "eval", "len", "consecutive",
)  # fmt: skip
WAYS = ("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "=", "<>", "~")
HEAD = """\
model: made/up
version: 1
expect_every: 60s
metrics:
  temp: {range: [-20, 120], unit: "\u00b0C"}
  load: {type: int, every: 30s}
  flag: {type: bool}
  mode: {type: enum, values: [on, off, eco], every: on_change}
  power: {every: on_change, unit: W}
  total: {kind: counter}
attributes:
  limit: {default: 30}
  kind: {type: text}
"""
SCRAPS = (
    "a", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ", ", "\n", "\n  ", "\n    ", "&a ", "*a", "!t ", "!!int ", "| ",
    "> ", "'", '"', "#", "%YAML 1.2\n", "---\n", "...\n", "<<: ", "\t", "\r", "\u2028", "\u0085", "\ufeff", "\x00", "\ud800",
    "\U0001f525", "0o9", "0x", "1e5", ".inf", "-.inf", ".nan", "~", "true", "null", "2026-01-01", "9" * 60, "rules", "metrics",
    "model", "version", "when", "tests", "given", "expect", "\\", '"\\x', '"\\uD800"', '"\\U00110000"', "|2\n", ">-\n",
)  # fmt: skip


class Grammar:
    """One made-up text after the other. `sound` is how likely each part is one that the language has."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sound = random.choice([0.5, 0.9, 0.97, 1.0])

    def pick(self, *choices: str) -> str:
        """One of them."""
        return self.random.choice(choices)

    def part(self, sound: int, choices: tuple[str, ...]) -> str:
        """One of the first `sound` choices, mostly; these are those that the language has."""
        return self.random.choice(choices[:sound] if self.random.random() < self.sound else choices)

    def condition(self, depth: int = 0) -> str:
        """Something true or false, more or less."""
        chance = self.random.random()
        if depth < 4 and chance < 0.3:
            one, other = self.condition(depth + 1), self.condition(depth + 1)
            return f"({one} {self.pick('and', 'or')} {other})"
        if chance < 0.4:
            return f"not ({self.condition(depth + 1)})" if depth < 6 else "flag"
        if chance < 0.43:
            return (
                "(" * self.random.choice([1, 30, 150])
                + self.condition(5)
                + ")" * self.random.choice([1, 30, 150])
            )
        if chance < 0.5:
            return f"{self.number(depth)} {self.part(4, WAYS)} {self.number(depth)} {self.part(4, WAYS)} {self.number(depth)}"
        if chance < 0.6:
            return self.pick(
                'mode == "on"',
                'mode in ["on", "off"]',
                "flag",
                "not flag",
                'presence == "online"',
                "stuck(temp, 5m)",
            )
        if chance < 0.65:
            return f"{self.pick('any', 'all')}(site.devices, {self.condition(depth + 2)})"
        return f"{self.number(depth)} {self.part(4, WAYS)} {self.number(depth + 1)}"

    def number(self, depth: int) -> str:
        """Something to compare."""
        chance = self.random.random()
        if depth < 4 and chance < 0.15:
            return f"({self.number(depth + 1)} {self.pick('+', '-', '*', '/', '/', '**', '%')} {self.number(depth + 1)})"
        if chance < 0.2 and depth < 4:
            return f"({self.number(depth + 1)} if {self.condition(depth + 2)} else {self.number(depth + 1)})"
        if chance < 0.5:
            return self.call(depth)
        if chance < 0.75:
            return self.part(1, NAMES) if self.random.random() < 0.5 else self.part(7, NAMES)
        return self.part(6, NUMBERS) if chance < 0.97 else self.part(3, WORDS)

    def call(self, depth: int) -> str:
        """A function, with arguments that fit it now and then."""
        name = self.part(28, FUNCTIONS)
        if self.random.random() > self.sound:
            written = [self.number(4) for _ in range(self.random.randrange(4))]
            return f"{name}({', '.join(written)})"
        metric, span = self.part(2, NAMES), self.part(5, SPANS)
        if name in {"share", "times"}:
            return f"{name}({self.condition(depth + 3)}, {span})"
        if name in {"hour", "weekday"}:
            return f"{name}()"
        if name in {"prev", "unusual", "abs"}:
            return f"{name}({metric})"
        extra = {"quantile": ", 0.9", "fleet": "", "forecast": self.pick("", ", 1h")}.get(name, "")
        return f'fleet({metric}, "p95")' if name == "fleet" else f"{name}({metric}, {span}{extra})"

    def rule(self, number: int) -> str:
        """One rule in flow style."""
        said: dict[str, object] = {
            "id": f"r{number}",
            "title": "t",
            "severity": self.pick("minor", "info", "major"),
        }
        form = self.random.random()
        if form < 0.6:
            said["when"] = self.condition()
        elif form < 0.7:
            said["count"] = (
                f"{self.pick('3', '1', '512', '0')} of {self.condition(3)} within {self.part(5, SPANS)}"
            )
        elif form < 0.85:
            later = [
                f"{self.pick('', 'not ')}{self.happening()} within {self.part(4, SPANS)}"
                for _ in range(self.random.randint(1, 3))
            ]
            said["sequence"], said["clear"] = [self.happening(), *later], self.condition(2)
        elif form < 0.92:
            said["silent_for"] = self.pick("5m", "learned", "1s", "365d")
        else:
            said |= {
                "share_of": self.pick("fleet", "site", "cohort(model, firmware)", "cohort(x)"),
                "fraction": "20%",
                "at_least": 3,
            }
            said["when"] = self.condition(2)
        return json.dumps(said | self.extras(number), ensure_ascii=self.random.random() < 0.5)

    def happening(self) -> str:
        """A step of a sequence."""
        return self.pick("reboot", "event.error", f"({self.condition(3)})", self.condition(3))

    def extras(self, number: int) -> dict[str, object]:
        """Keys that most rules may have."""
        options: list[tuple[str, object]] = [
            ("for", self.part(4, SPANS)), ("clear_for", self.part(4, SPANS)), ("clear", self.condition(2)),
            ("levels", [{"severity": self.pick("safety", "critical", "info"), "when": self.condition(2)}]),
            ("consecutive", self.random.choice([2, 3, 1000, 1])), ("unless", [f"r{self.random.randint(0, number + 1)}"]),
            ("needs", {"coverage": self.pick("50%", "100%", "10%", "0%"), "max_gap": self.part(4, SPANS)}),
            ("schedule", {"days": ["mon", "sun"], "from": self.pick("08:00", "22:00", "24:00"), "to": self.pick("09:00", "08:00")}),
            ("maintenance", "ignored"), ("packet", ["temp"]), ("shadow", self.random.random() < 0.8),
        ]  # fmt: skip
        return {key: value for key, value in options if self.random.random() < 0.12}

    def book(self) -> str:
        """A whole book."""
        head = HEAD + (
            f"maintenance: {json.dumps(self.condition(3))}\n" if self.random.random() < 0.1 else ""
        )
        head += f"reorder: {self.pick('1s', '5s', '6s')}\n" if self.random.random() < 0.2 else ""
        return (
            head
            + "rules:\n"
            + "".join(f"  - {self.rule(number)}\n" for number in range(self.random.randint(1, 4)))
        )

    def scraps(self) -> str:
        """What is hardly YAML."""
        return "".join(self.random.choice(SCRAPS) for _ in range(self.random.choice([3, 20, 200])))
