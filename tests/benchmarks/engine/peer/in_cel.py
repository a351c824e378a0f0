"""common-expression-language: programs compiled once, one context per message or a shared one that looks names up."""

from __future__ import annotations

import cel
from spelling import each, spell

PACKAGE = "common-expression-language"


def ways(predicates: list) -> dict:
    """Every fair way of using it."""
    words = [spell(tests, " && ") for tests in predicates]
    programs, folded = [cel.compile(one) for one in words], cel.compile(f"[{', '.join(words)}]")
    current: list = [{}]
    shared = cel.Context()

    def look_up(name: str) -> object:
        return current[0].get(name)

    shared.set_variable_resolver(look_up)

    def own_context(message: dict) -> list:
        context = cel.Context(message)
        return [one.execute(context) for one in programs]

    def looked_up(message: dict) -> list:
        current[0] = message
        return [one.execute(shared) for one in programs]

    def looked_up_folded(message: dict) -> list:
        current[0] = message
        return folded.execute(shared)

    return {
        "apart: ten programs, one context per message": (each, own_context),
        "apart: ten programs, a shared context that looks up": (each, looked_up),
        "folded: one program, one context per message": (each, lambda it: folded.execute(cel.Context(it))),
        "folded: one program, a shared context that looks up": (each, looked_up_folded),
    }
