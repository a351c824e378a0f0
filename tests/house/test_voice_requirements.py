"""Every acceptance requirement of the voices has a test of its name (`test_a1_…`), or a reason why it does not apply.

The list is that of the reference about voice platforms, section 19: A security, B protocol, C outbound and D account linking
of Alexa, E Home Assistant, F Wyoming, G phone, H core and matcher.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
COUNT = {"A": 9, "B": 8, "C": 5, "D": 2, "E": 5, "F": 4, "G": 5, "H": 7}
REQUIRED = [f"{part}{number}" for part, count in COUNT.items() for number in range(1, count + 1)]
NOT_APPLICABLE = {
    "C5": "A ChangeReport belongs to a smart-home skill, which Amazon lets run only as a Lambda function at Amazon. The hub is "
    "one program on the maker's own machine; the nudge by Proactive Events and the customer's own skill do its part.",
}
_NAMED = re.compile(r"^(?:async )?def test_([a-h]\d)_\w+", re.MULTILINE)


@cache
def named() -> dict[str, int]:
    """How many tests carry the name of each requirement."""
    found: dict[str, int] = {}
    for path in TESTS.rglob("test_*.py"):
        for name in _NAMED.findall(path.read_text(encoding="utf-8")):
            found[name.upper()] = found.get(name.upper(), 0) + 1
    return found


@pytest.mark.parametrize("requirement", REQUIRED)
def test_every_requirement_of_the_voices_has_a_test_or_a_reason(requirement: str) -> None:
    there, reason = named().get(requirement, 0), NOT_APPLICABLE.get(requirement, "")
    missing = (
        f"no test is called test_{requirement.lower()}_…, and no reason says why {requirement} does not apply"
    )
    assert there or reason, missing
    assert not (there and reason), f"{requirement} is tested: it does apply"


def test_no_test_is_named_after_a_requirement_that_there_is_not() -> None:
    assert set(named()) <= set(REQUIRED)
