"""The condition that raises, in whichever form a rule has it: `when`, `silent_for`, `count`, `sequence`.

Every form ends as one tree of kind BOOL; what has to be remembered for it is a derived value like any
function of time. Mistakes are told with their path, and `NOTHING` stands in for what could not be read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from device_rules.comparison import Wrong
from device_rules.durations import parse_span, spell_span
from device_rules.functions import WORDS
from device_rules.grammar import parse, spelled
from device_rules.language import Names, parse_condition, read_tree
from device_rules.limits import expected
from device_rules.matching import event_of, is_event, spell_event
from device_rules.model import LEARNED, NeedsText, RuleText
from device_rules.reading import Micros
from device_rules.rule import FOREVER, Slot
from device_rules.source import MOST_EXACT, EventMatch, Form, Source, Step
from device_rules.tree import Compare, Const, Kind, Node, Ref, Silent, leaves
from device_rules.vocabulary import Vocabulary
from device_rules.yaml_file import Path, nearest

NOTHING = Const("nothing", Kind.BOOL, False)
"""Stands in for a condition that could not be read, so that the rest of the book is still checked."""
FORMS = ("when", "silent_for", "count", "sequence")

_COUNT = re.compile(r"(\d{1,9})\s+of\s")
_SPAN = re.compile(r"[^\s\"'()\[\]]+")


class Forms:
    """Reads the forms of one book's rules. Mistakes go to `wrong` with their path."""

    def __init__(self, words: Vocabulary, wrong: Callable[[Path, str], None]) -> None:
        self.words, self.wrong, self.expect_every = words, wrong, words.draft.expect_every

    def when(self, path: Path, text: RuleText, clear: Node | None) -> Node:
        """The condition that raises; `clear` is what was written as such."""
        given = [form for form in FORMS if getattr(text, form) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{form}`" for form in given) or "none of them"
            what = "needs one of `when:`, `silent_for:`, `count:` and `sequence:`, and not two"
            self.wrong(path, f"rule `{text.id}` {what}; it has {found}")
            return NOTHING
        for key in ("consecutive", "share_of"):
            if getattr(text, key) is not None and text.when is None:
                self.wrong((*path, key), f"`{key}` goes with `when`, not with `{given[0]}`")
        if text.silent_for is not None:
            return self.silence(path, text)
        try:
            if text.count is not None:
                return self.counted(text.count, text.needs)
            if text.sequence is not None:
                return self.in_order(text, clear)
        except Wrong as wrong:
            self.wrong((*path, given[0]), str(wrong))
            return NOTHING
        return self.held((*path, "when"), text)

    def condition(self, path: Path, written: str, needs: NeedsText) -> Node:
        """A condition, NOTHING when it cannot be read."""
        try:
            node = parse_condition(written, self.words.names(needs))
            if not leaves(node):
                raise Wrong(f"`{node.text}` looks at no metric and never changes")
        except Wrong as wrong:
            self.wrong(path, str(wrong))
            return NOTHING
        return node

    def silence(self, path: Path, text: RuleText) -> Node:
        """`silent_for`, of a span or learned; a learned one is never shorter than two readings."""
        if text.for_:
            self.wrong((*path, "for"), "`silent_for` already says how long; leave `for` out")
        slot = self.words.slot(Slot(text.id, "silence", FOREVER))
        if text.silent_for == LEARNED:
            return Silent("silent for longer than it ever is", slot, 2 * self.expect_every)
        span = text.silent_for or 0
        if span < self.expect_every:
            every = spell_span(self.expect_every)
            self.wrong(
                (*path, "silent_for"), f"shorter than `expect_every` ({every}): every device would be silent"
            )
        return Silent(f"silent for {spell_span(span)}", slot, span)

    def held(self, path: Path, text: RuleText) -> Node:
        """`when`, or `when` so many readings in a row."""
        node = self.condition(path, text.when or "", text.needs)
        if text.consecutive is None or node is NOTHING:
            return node
        identity = f"{text.consecutive} in a row: {spelled(parse(text.when or '')[1])}"
        source = Source(identity, "consecutive", -1, argument=float(text.consecutive), condition=node)
        return self.watched(source, f"{text.consecutive} in a row: {node.text}", Kind.BOOL, text.needs)

    def counted(self, written: str, needs: NeedsText) -> Node:
        """`count: 3 of X within w`. Raises Wrong."""
        what, within = _apart(written)
        begins = _COUNT.match(what)
        if begins is None or within is None:
            raise Wrong(f"`{what[:60]}`: write it like `3 of event.reboot within 10m`")
        number, span = int(begins[1]), _within(within)
        if not 1 <= number <= MOST_EXACT:
            raise Wrong(f"`{number} of`: count from 1 to {MOST_EXACT}")
        watched, text = self.happening(what[begins.end() :], needs)
        expected(written[:80], span, None if isinstance(watched, EventMatch) else self.expect_every)
        form: Form = "events" if isinstance(watched, EventMatch) else "times"
        identity = f"{'count' if form == 'events' else 'times'}({text}, {spell_span(span)})"
        source = Source(
            identity,
            form,
            -1,
            span=span,
            needed=0,
            event=watched if isinstance(watched, EventMatch) else None,
            condition=None if isinstance(watched, EventMatch) else watched,
        )
        ref = self.watched(source, identity, Kind.NUMBER, needs)
        return Compare(" ".join(written.split()), ">=", ref, Const(str(number), Kind.NUMBER, float(number)))

    def in_order(self, text: RuleText, clear: Node | None) -> Node:
        """`sequence: [A, B within w, not C within w]`. Raises Wrong."""
        read = [self.step(number, step, text.needs) for number, step in enumerate(text.sequence or ())]
        steps = tuple(step for step, _ in read)
        if steps[-1].wanted and clear is None:
            raise Wrong("it ends with something that happens, so say when it is over: add `clear: …`")
        identity = f"{text.id}: {', '.join(spelt for _, spelt in read)}"
        source = Source(identity, "sequence", -1, steps=steps, until=clear if steps[-1].wanted else None)
        shown = ", then ".join(" ".join(step.split()) for step in text.sequence or ())
        return self.watched(source, shown, Kind.BOOL, text.needs)

    def step(self, number: int, written: str, needs: NeedsText) -> tuple[Step, str]:
        """One step, and how it is spelt. Raises Wrong."""
        text, within = _apart(written)
        wanted = not text.startswith("not ")
        if not number and (not wanted or within):
            raise Wrong(
                f"`{text[:60]}`: the first step begins it all, so it is something that happens, without `within`"
            )
        if number and within is None:
            raise Wrong(f"`{text[:60]}`: say how soon after the step before, like `{text[:60]} within 30m`")
        span = _within(within or "0s")
        if number and not span:
            raise Wrong(f"`{text[:60]}`: a window is longer than nothing; write a span like 30m")
        what, spelt = self.happening(text if wanted else text[4:], needs)
        spelt = f"{'' if wanted else 'not '}{spelt}" + (f" within {spell_span(span)}" if number else "")
        return Step(what, wanted, span), spelt

    def happening(self, written: str, needs: NeedsText) -> tuple[Node | EventMatch, str]:
        """An event by its name (`event.` may be left out), or a condition; and how it is spelt. Raises Wrong."""
        names = self.words.names(needs)
        source, tree = parse(written)
        bare = tree.func if isinstance(tree, ast.Call) else tree
        if isinstance(bare, ast.Name) and self._is_event(bare.id, names):
            event: ast.expr = ast.Attribute(ast.Name("event", ast.Load()), bare.id, ast.Load())
            tree = ast.Call(event, tree.args, tree.keywords) if isinstance(tree, ast.Call) else event
        if is_event(tree):
            match = event_of(tree, written)
            return match, spell_event(match)
        node = read_tree(source, tree, names)
        if node.kind is not Kind.BOOL:
            raise Wrong(f"`{written}` is a {node.kind}, not something true or false. Compare it with a value")
        if not leaves(node):
            raise Wrong(f"`{written}` looks at no metric and never changes")
        return node, spelled(tree)

    def _is_event(self, name: str, names: Names) -> bool:
        """Whether a bare word is an event: nothing in the book is called so, or nearly so."""
        if name in WORDS or name in names.plain or name in names.attributes or name[0].isdigit():
            return False
        for metric in self.words.metrics.values():
            if name in metric.values:
                raise Wrong(
                    f'`{name}` is a value; write {metric.name} == "{name}", or event.{name} for an event'
                )
        if "Did you mean" in nearest(name, names.plain):
            raise Wrong(f"unknown name `{name}`.{nearest(name, names.plain)} Write event.{name} for an event")
        return True

    def watched(self, source: Source, text: str, kind: Kind, needs: NeedsText) -> Ref:
        """The value of `source`, as the rule sees it."""
        slot = self.words.watch(source, needs).slot
        return Ref(text, kind, slot)


def _apart(written: str) -> tuple[str, str | None]:
    """What stands before ` within SPAN`, and the span, if there is one."""
    parts = written.strip().rsplit(None, 2)
    if len(parts) == 3 and parts[1] == "within" and _SPAN.fullmatch(parts[2]):
        return parts[0], parts[2]
    return written.strip(), None


def _within(written: str) -> Micros:
    try:
        return parse_span(written)
    except ValueError as wrong:
        raise Wrong(str(wrong)) from None
