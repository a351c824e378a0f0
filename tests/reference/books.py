"""Made-up rule books: YAML text from a seed. Values are multiples of 0.5, so that sums are exact.

`READY` names the forms that are used; forms that the engine has not got are switched on one by one.
"""

from __future__ import annotations

from random import Random

READY: frozenset[str] = frozenset(
    ["for", "clear", "levels", "needs", "silent_for", "presence", "attributes", "max_gap"]
)
"""What is made, in books and in series; not yet: `unless`, and `sudden` (state that comes while something is due)."""


HEAD = """\
model: made/up
version: 1
expect_every: 60s
metrics:
  temp: {{range: [-20, 120]{gap}}}
  load: {{type: int{every}}}
  flag: {{type: bool}}
  mode: {{type: enum, values: [on, off, eco], every: on_change}}
  power: {{every: on_change}}
attributes:
  limit: {{default: 30}}
  bound: {{}}
rules:
"""
NAMES = ("temp", "load", "flag", "mode", "power")
SPANS = ("30s", "1m", "90s", "2m", "3m", "5m")


class BookMaker:
    """One book."""

    def __init__(self, seed: int, ready: frozenset[str] = READY) -> None:
        self.random, self.ready = Random(f"book {seed}"), ready

    def make(self) -> str:
        """Its text."""
        gap = self.some(", max_gap: 90s", 0.2, "max_gap")
        every = self.some(", every: 30s", 0.3, "max_gap")
        rules = [self.rule(number) for number in range(self.random.randint(1, 4))]
        return HEAD.format(gap=gap, every=every) + "".join(f"  - {{{rule}}}\n" for rule in rules)

    def some(self, text: str, share: float, form: str) -> str:
        """The text, now and then, if the form is ready."""
        return text if self.random.random() < share and form in self.ready else ""

    def pick(self, *choices: str) -> str:
        """One of them."""
        return self.random.choice(choices)

    def rule(self, number: int) -> str:
        """One rule in flow style, without braces."""
        if self.some("yes", 0.15, "silent_for"):
            parts = [
                f"id: r{number}, title: t, severity: minor, silent_for: {self.pick('2m', '4m', '5m30s')}"
            ]
        else:
            parts = [f"id: r{number}, title: t, severity: minor, when: '{self.condition()}'"]
            parts += [self.some(f"for: {self.pick(*SPANS)}", 0.6, "for")]
        parts += [self.some(f"clear: '{self.condition()}'", 0.35, "clear")]
        parts += [self.some(f"clear_for: {self.pick('0s', *SPANS)}", 0.5, "clear")]
        parts += [self.some(f"levels: [{self.levels()}]", 0.3, "levels")]
        rests = any(name in parts[0] for name in NAMES)  # on readings, so that there can be a fresh one
        parts += [
            self.some(
                f"unless: [r{self.random.randrange(max(1, number))}]", 0.4 * rests * (number > 0), "unless"
            )
        ]
        coverage, gap = f"coverage: {self.pick('50%', '80%', '100%')}", f"max_gap: {self.pick('90s', '4m')}"
        parts += [self.some(f"needs: {{{self.pick(coverage, gap, f'{coverage}, {gap}')}}}", 0.3, "needs")]
        return ", ".join(part for part in parts if part)

    def levels(self) -> str:
        """One to three."""
        severities = self.random.sample(["major", "critical", "safety"], self.random.randint(1, 3))
        return ", ".join(f"{{severity: {severity}, when: '{self.condition()}'}}" for severity in severities)

    def condition(self, depth: int = 0) -> str:
        """Something true or false."""
        if depth < 2 and self.random.random() < 0.35:
            one, other = self.condition(depth + 1), self.condition(depth + 1)
            return self.pick(
                f"({one} and {other})", f"({one} or {other})", f"not ({one})", f"({one} and {other})"
            )
        options = [self.comparison, self.comparison, self.comparison, self.word, self.word]
        return self.random.choice(options)()

    def comparison(self) -> str:
        """Of numbers."""
        number = self.random.choice([10, 20.5, 30, 40])
        way = self.pick("<", ">", ">=", "<=", ">", ">")
        if self.random.random() < 0.1:
            return self.pick(
                "10 < temp <= 30", "temp / load > 2", "temp - load > 10", "abs(temp - 30) > 9.5",
                '(temp if mode == "on" else load) > 20', "temp + power > 50", "load in [10, 20, 30]",
            ).replace("abs(temp - 30)", "temp - 30")  # fmt: skip
        if self.some("yes", 0.12, "attributes"):
            return f"{self.number()} {way} attr.{self.pick('limit', 'limit', 'bound')}"
        return f"{self.number()} {way} {number}"

    def number(self) -> str:
        """A number that a device sends."""
        return self.pick("temp", "temp", "temp", "load", "power")

    def word(self) -> str:
        """A comparison of words or truths."""
        if self.some("yes", 0.25, "presence"):
            return self.pick(
                'presence == "online"',
                'presence == "offline_lost"',
                'presence in ["sleeping", "offline_clean"]',
            )
        return self.pick('mode == "on"', 'mode != "off"', "flag", "not flag", 'mode in ["on", "eco"]')
