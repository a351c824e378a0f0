"""Where the values of a device of one model lie: which slots wear off, which hold, which answer silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device_rules.hold import NEVER
from device_rules.plan import Plan
from device_rules.reading import Micros
from device_rules.rule import WHILE_HEARD, Rule, Slot


@dataclass(frozen=True, slots=True)
class Layout:
    """The slots of one book by what becomes of them; spans are µs.

    `fading` wear off after their gap, `wearing` has them by gap, `steady` hold while the device is heard, which ends
    `unheard_after` its last sign of life. `shortest` is the smallest of these spans. `identities` are
    the names of the slots in snapshots, by which another version of the book finds them again. `repeated`
    are those metrics that every reading of a quiet device brings. `patience` is the shortest silence that any rule asks about, None when none does.
    """

    identities: tuple[tuple[str, str, Micros], ...]
    fading: tuple[tuple[int, Micros], ...]
    wearing: tuple[tuple[Micros, tuple[int, ...]], ...]
    steady: tuple[int, ...]
    unheard_after: Micros
    shortest: Micros
    attributes: tuple[tuple[int, str], ...]
    presence: tuple[int, ...]
    measured: tuple[int, ...]
    repeated: tuple[int, ...]
    silence: tuple[int, ...]
    silent_rules: tuple[Rule, ...]
    numbers: dict[str, int]
    patience: Micros | None


def layout_of(slots: Sequence[Slot], rules: Sequence[Rule], plan: Plan, unheard_after: Micros) -> Layout:
    """The layout of `slots` for `rules`, in the order in which these are judged."""
    silences = plan.silences
    places = list(enumerate(slots))
    fading = tuple((place, slot.gap) for place, slot in places if slot.gap > 0)
    return Layout(
        identities=tuple((slot.name, slot.sort[0], slot.gap) for slot in slots),
        fading=fading,
        wearing=tuple(
            (gap, tuple(place for place, own in fading if own == gap))
            for gap in sorted({gap for _, gap in fading})
        ),
        steady=tuple(place for place, slot in places if slot.gap == WHILE_HEARD),
        unheard_after=unheard_after,
        shortest=min([unheard_after, *(gap for _, gap in fading)], default=NEVER),
        attributes=tuple((place, slot.name) for place, slot in places if slot.sort == "attribute"),
        measured=tuple(place for place, slot in places if slot.sort == "metric"),
        repeated=tuple(
            place for place, slot in places if slot.sort == "metric" and slot.name not in plan.held
        ),
        presence=tuple(place for place, slot in places if slot.sort == "presence"),
        silence=tuple(place for place, slot in places if slot.sort == "silence"),
        silent_rules=tuple(rule for rule in rules if rule.silent_for is not None),
        patience=min((silence.span for silence in silences), default=None),
        numbers={rule.id: number for number, rule in enumerate(rules)},
    )
