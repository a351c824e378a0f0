"""Made-up rule books: YAML text from a seed. Values are multiples of 0.5, so that sums are exact.

`READY` names the forms that are used; forms that the engine has not got are switched on one by one.
"""

from __future__ import annotations

from random import Random

from device_rules import BookError, RuleBook
from tests.reference.asked import FUNCTIONS

READY: frozenset[str] = frozenset(
    [
        "maintenance",
        "ties",
        "missing",
        "own gap",
        "any row",
        "for",
        "clear",
        "levels",
        "unless",
        "needs",
        "silent_for",
        "presence",
        "attributes",
        "max_gap",
        "sudden",
        "windows",
        "buckets",
        "steps",
        "spread",
        "forecast",
        "prev",
        "stuck",
        "hour",
        "share",
        "times",
        "events",
        "consecutive",
        "count",
        "sequence",
        "learned",
        "schedule",
    ]
)
"""What is made, in books and in series.

Not yet: `maintenance`, `missing`, `retained` readings, clocks with `steps back`, `own gap` (`missing` and `stuck` in a
rule with a `max_gap` of its own), `any row` (functions, or what is sent on change, under `consecutive`), `ties` (an
observation of the very moment at which what held back has ended). Nowhere yet: `drift`, `unusual`, `reorder`, groups.
"""

HEAD = """\
model: made/up
version: 1
expect_every: 60s
{maintenance}metrics:
  temp: {{range: [-20, 120]{gap}}}
  load: {{type: int{every}}}
  flag: {{type: bool}}
  mode: {{type: enum, values: [on, off, eco], every: on_change}}
  power: {{every: on_change}}
  total: {{kind: counter}}
attributes:
  limit: {{default: 30}}
  bound: {{}}
rules:
"""
NAMES = ("temp", "load", "flag", "mode", "power")
SPANS = ("30s", "1m", "90s", "2m", "3m", "5m")
HOURS = ('from: "00:30", to: "01:15"', 'from: "22:00", to: "00:15"', 'from: "00:15", to: "09:00"')
WITHIN = ("90s", "2m", "5m")
WINDOWS = ("1m", "2m", "3m", "5m", "10m", "90s")


class BookMaker:
    """One book."""

    def __init__(self, seed: int, ready: frozenset[str] = READY) -> None:
        self.random, self.ready = Random(f"book {seed}"), ready

    def make(self) -> str:
        """The text of a sound book: what the loader refuses (a fault that never clears, …) is drawn anew."""
        while True:
            text = self._draw()
            try:
                RuleBook.parse(text)
            except BookError:
                continue
            return text

    def _draw(self) -> str:
        gap = self.some(", max_gap: 90s", 0.2, "max_gap")
        every = self.some(", every: 30s", 0.3, "max_gap")
        maintenance = self.some("maintenance: 'power > 30'\n", 0.15, "maintenance")
        rules: list[str] = []
        for number in range(self.random.randint(1, 4)):
            rules.append(self.rule(number, rules))
        head = HEAD.format(gap=gap, every=every, maintenance=maintenance)
        return head + "".join(f"  - {{{rule}}}\n" for rule in rules)

    def some(self, text: str, share: float, form: str) -> str:
        """The text, now and then, if the form is ready."""
        return text if self.random.random() < share and form in self.ready else ""

    def pick(self, *choices: str) -> str:
        """One of them."""
        return self.random.choice(choices)

    # -- rules -----------------------------------------------------------------------------------
    def rule(self, number: int, before: list[str]) -> str:
        """One rule in flow style, without braces; it may be held back by one of those `before`."""
        form = self.form()
        parts = [f"id: r{number}, title: t, severity: minor", *form]
        rests = (
            any(name in form[0] for name in NAMES) and "missing" not in form[0]
        )  # on readings, so that there can be a fresh one
        if "clear: " not in form[-1]:
            parts += [self.some(f"clear: '{self.condition()}'", 0.35, "clear")]
        parts += [self.some(f"clear_for: {self.pick('0s', *SPANS)}", 0.5, "clear")]
        parts += [self.some(f"levels: [{self.levels()}]", 0.3, "levels")]
        parents = [rule.split(",")[0] for rule in before if "ties" in self.ready or "for: 0s" not in rule]
        parent = self.pick(*(parents or [""])).removeprefix("id: ")
        parts += [self.some(f"unless: [{parent}]", 0.4 * rests * bool(parent), "unless")]
        coverage, gap = f"coverage: {self.pick('50%', '80%', '100%')}", f"max_gap: {self.pick('90s', '4m')}"
        needs = [coverage, gap, f"{coverage}, {gap}"]
        if "own gap" not in self.ready and any(word in " ".join(parts) for word in ("missing", "stuck")):
            needs = [coverage]
        parts += [self.some(f"needs: {{{self.pick(*needs)}}}", 0.3, "needs")]
        days = self.pick("[mon, tue, wed]", "[thu, fri]", "[wed, thu]")
        parts += [self.some(f"schedule: {{days: {days}, {self.pick(*HOURS)}}}", 0.15, "schedule")]
        parts += [self.some("maintenance: ignored", 0.1, "maintenance")]
        return ", ".join(part for part in parts if part)

    def form(self) -> list[str]:
        """The condition that raises."""
        chance = self.random.random()
        if chance < 0.12 and "silent_for" in self.ready:
            learned = self.some("learned", 0.4, "learned")
            return [f"silent_for: {learned or self.pick('2m', '4m', '5m30s')}"]
        if 0.12 < chance < 0.2 and "count" in self.ready:
            what = self.pick("reboot", 'event.error(code="E1")', self.condition(2), self.condition(2))
            return [f"count: '{self.pick('1', '2', '3')} of {what} within {self.pick('3m', '10m', '1h')}'"]
        if 0.2 < chance < 0.3 and "sequence" in self.ready:
            return self.sequence()
        if 0.3 < chance < 0.38 and "consecutive" in self.ready:
            asked = (
                self.condition(1)
                if "any row" in self.ready
                else self.pick("flag", "temp > 20.5", "load < 20")
            )
            return [f"when: '{asked}'", f"consecutive: {self.pick('2', '3')}"]
        return [f"when: '{self.condition()}'", self.some(f"for: {self.pick(*SPANS)}", 0.6, "for")]

    def sequence(self) -> list[str]:
        """Two to four steps, and when it is over."""
        later = range(self.random.choice([1, 1, 2, 3]))
        steps = [f"{self.pick('', 'not ')}{self.happening()} within {self.pick(*WITHIN)}" for _ in later]
        steps.insert(0, self.happening())
        written = ", ".join(f"'{step}'" for step in steps)
        over = "" if steps[-1].startswith("not ") else f"clear: '{self.condition(2)}'"
        return [f"sequence: [{written}]", over]

    def happening(self) -> str:
        """What happens in a sequence."""
        return self.pick("reboot", "event.error", f"({self.condition(2)})")

    def levels(self) -> str:
        """One to three."""
        severities = self.random.sample(["major", "critical", "safety"], self.random.randint(1, 3))
        return ", ".join(f"{{severity: {severity}, when: '{self.condition()}'}}" for severity in severities)

    # -- conditions ------------------------------------------------------------------------------
    def condition(self, depth: int = 0) -> str:
        """Something true or false."""
        if depth < 2 and self.random.random() < 0.35:
            one, other = self.condition(depth + 1), self.condition(depth + 1)
            return self.pick(
                f"({one} and {other})", f"({one} or {other})", f"not ({one})", f"({one} and {other})"
            )
        if self.random.random() < 0.45:
            return self.function()
        return self.plain()

    def plain(self) -> str:
        """A condition without functions of time."""
        return self.pick(self.comparison(), self.comparison(), self.word())

    def function(self) -> str:
        """A comparison of a function of time, of a form that is ready."""
        forms = [form for form in FUNCTIONS if form in self.ready]
        if not forms:
            return self.plain()
        made, window = self.pick(*FUNCTIONS[self.pick(*forms)]), self.pick(*WINDOWS)
        if self.some("long", 0.15, "buckets"):
            window = self.pick("10h", "9h", "20h")
        made = made.replace("METRIC", self.number()).replace("WAY", self.pick("<", ">", ">=", "<="))
        made = made.replace("NUMBER", self.pick("10", "20.5", "30", "40")).replace("WINDOW", window)
        return made.replace("SMALL", self.pick("0", "1", "2", "3")).replace("CONDITION", self.plain())

    def comparison(self) -> str:
        """Of numbers."""
        number = self.random.choice([10, 20.5, 30, 40])
        way = self.pick("<", ">", ">=", "<=", ">", ">")
        if self.random.random() < 0.1:
            return self.pick(
                "10 < temp <= 30", "temp / load > 2", "temp - load > 10", "abs(temp - 30) > 9.5",
                '(temp if mode == "on" else load) > 20', "temp + power > 50", "load in [10, 20, 30]",
            )  # fmt: skip
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
