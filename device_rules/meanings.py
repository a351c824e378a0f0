"""What everything that one may write in a book means, in one sentence each: for editors and for the reference.

Tables for people, beside the shapes of `model.py`; the exact meaning is in `docs/rules-exactly.md`. Nothing judges by
these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means, and what holds where it is left out, if its default does not say so."""

    meaning: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A form of a whole rule: when it is true, and how it is written, key by key."""

    meaning: str
    example: tuple[str, ...]


KEYS: Mapping[str, Mapping[str, Key]] = {
    "BookText": {
        "model": Key("the model of the devices that the book judges, as in devices.csv"),
        "version": Key("raise it with every change; every fault names it"),
        "expect_every": Key("how often a device of this model reports"),
        "reorder": Key("how long readings wait for one another, so that they are taken in order; at most 5s"),
        "late_limit": Key("a reading that took longer than this to arrive raises nothing by itself"),
        "maintenance": Key("a condition; while it is true, rules hold their raises back", "never"),
        "metrics": Key("what the devices report, by name"),
        "attributes": Key("what differs between devices of the model, by name; conditions say `attr.NAME`"),
        "rules": Key("the rules, in any order"),
    },
    "MetricText": {
        "type": Key("what its values are"),
        "unit": Key("shown with every value; what is compared or added must have the same", "no unit"),
        "range": Key("`[low, high]`: what the sensor can measure; nothing beyond is believed", "any number"),
        "every": Key("how often it is sent; `on_change` when only a change is sent", "`expect_every`"),
        "max_gap": Key("for how long a value holds after it was observed", "3 × its `every`"),
        "kind": Key("a counter only rises; when it falls, it began anew"),
        "values": Key("the words of an enum", "none; an enum needs them"),
        "title": Key("what people call it", "its name"),
    },
    "AttributeText": {
        "type": Key("what its value is"),
        "unit": Key("as of a metric", "no unit"),
        "values": Key("the words of an enum", "none; an enum needs them"),
        "default": Key("the value for devices of which the register says nothing", "unknown for these"),
    },
    "RuleText": {
        "id": Key("its name, unique in the book; faults, timelines and `unless` say it"),
        "title": Key("what is wrong, for people"),
        "severity": Key("how bad it is; what follows is a matter of the policy"),
        "when": Key("the condition that raises the fault", "another form stands instead"),
        "silent_for": Key("raised when nothing was heard for so long", "another form stands instead"),
        "count": Key(
            "raised when something happened so often: `3 of X within 10m`", "another form stands instead"
        ),
        "sequence": Key(
            "raised when things happened in this order, or did not", "another form stands instead"
        ),
        "consecutive": Key("with `when`: so many readings in a row found it true", "one is enough"),
        "share_of": Key(
            "with `when`: a share of `fleet`, `site` or `cohort(…)` must find it true",
            "the device itself is judged",
        ),
        "fraction": Key("with `share_of`: the share of the group's devices", "`share_of` needs it"),
        "at_least": Key("with `share_of`: of how many devices it must be known", "`share_of` needs it"),
        "for": Key("how long it must be known to be true before the fault is raised", "at once"),
        "clear": Key("what must be true for the all-clear; `when` outweighs it", "`when` is false"),
        "clear_for": Key("and for how long", "as `for`, but at least 1 and at most 15 minutes"),
        "unless": Key("while one of these rules is raised, this one holds its raise back", "none"),
        "needs": Key("how much evidence it wants", "see below"),
        "levels": Key("worse severities while it is raised", "none"),
        "schedule": Key("on which days and hours it may raise", "always"),
        "maintenance": Key("judged during maintenance as well", "it holds back"),
        "packet": Key("what else the ticket shows, beside the metrics of its conditions", "nothing else"),
        "play": Key("the guided fix of that id in plays.yaml", "none"),
        "shadow": Key("on trial: judged and counted; nobody is contacted and no other rule held back"),
        "tests": Key("what devices send, and what must come of it", "none"),
    },
    "NeedsText": {
        "coverage": Key("the share of `for`, and of windows that are filled, that must be known"),
        "max_gap": Key("how long values hold, for this rule", "as the metrics say"),
    },
    "LevelText": {
        "severity": Key("a worse one than the rule's own"),
        "when": Key("up at once when known true, down when known not true for `clear_for`"),
    },
    "ScheduleText": {
        "days": Key("on which days, where the device is", "every day"),
        "from": Key("the first moment of the window", "the beginning of the day"),
        "to": Key("its end; before `from`, it runs over midnight", "the end of the day"),
    },
    "TestText": {
        "name": Key("a sentence about a device"),
        "given": Key("what the device is and sends: a series for each metric, and the words below"),
        "expect": Key("`none`, or a list of all that happens, in order; what is not listed must not happen"),
    },
}

GIVEN: Mapping[str, str] = {
    "every": "the time between two samples; `expect_every` without it",
    "presence": 'a series of states: `"onlinex5 offline_lostx20"`',
    "events": 'a series of events: `"_x5 reboot _x4 error(code=E42)"`; `a+b` are two at once',
    "attributes": "what the register says of this device: `{limit: -18}`",
    "zone": "the time zone of its site: `Europe/Berlin`; UTC without it",
    "start": 'the local time at which the test begins: `"2026-01-05 07:55"`',
    "others": "other devices of the model, for rules that ask about groups",
}
"""What a test gives besides the series of metrics."""
OTHERS: Mapping[str, str] = {
    "devices": "how many others they are",
    "firmware": "their firmware, if it is another one",
    "site": "their site, if it is another one",
    "region": "their region, if it is another one",
}
OUTCOMES: Mapping[str, str] = {
    "raise": "the fault is raised, with this severity",
    "clear": "it is over (`true`)",
    "severity": "it has this severity from now on",
    "unstable": "it has come and gone too often (`true`)",
}
SERIES: Mapping[str, str] = {
    "18x30": "thirty times 18",
    "20+0.5x10": "ten values from 20 on, each half a unit more",
    "_x5": "five times nothing; where nothing at all is sent, the device is silent",
    "stale": "a value that the device itself calls unknown",
    "closedx5 openx3": "words of an enum",
}
FORMS: Mapping[str, Whole] = {
    "when": Whole(
        "the condition is known to be true, in one go, for the time of `for`", ("when: temp > 30", "for: 10m")
    ),
    "consecutive": Whole(
        "the last n readings at which the condition was known found it true",
        ("when: temp > 30", "consecutive: 5"),
    ),
    "count": Whole(
        "the event came, or the condition became true, so often within the window",
        ("count: 3 of event.reboot within 10m",),
    ),
    "silent_for": Whole(
        "nothing was heard for so long while we listened; `learned` is three times the longest pause of late",
        ("silent_for: learned",),
    ),
    "sequence": Whole(
        "one step followed the other, each in its time; `not` is for what must not come",
        ("sequence: [event.opened, not event.closed within 30m]",),
    ),
    "share_of": Whole(
        "the condition is true for at least this share of the group's devices; the fault is the group's",
        ("when: temp > 30", "share_of: cohort(firmware)", "fraction: 10%", "at_least: 20"),
    ),
}
UNKNOWN: Mapping[str, str] = {
    "count": "never by itself",
    "times": "never by itself",
    "prev": "the one before was not known as the last one came",
    "missing": "never; false of a metric that was never received",
    "drift": "until 30 spans made the habit and one more is over",
    "unusual": "until 100 minutes were heard",
    "forecast": "fewer than 2 observations at different moments",
    "hour": "never",
    "weekday": "never",
    "fleet": "fewer than 20 devices of which it is known",
    "any": "no site; or nobody says yes and one does not know",
    "all": "no site or no others; or nobody says no and one does not know",
}
"""When a function is unknown, where the number of its observations does not say so."""


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a book in which every key says what it means, as editors show it."""
    parts = {"BookText": schema, **schema.get("$defs", {})}
    for name, keys in KEYS.items():
        for key, said in keys.items():
            parts[name]["properties"][key]["description"] = said.meaning
    return schema
