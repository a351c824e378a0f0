"""The facts of a story as sentences: what failed is never told as done."""

from __future__ import annotations

from simulators.world import words


def test_a_command_is_told_by_its_outcome() -> None:
    done = {"kind": "command.answered", "data": {"ok": True, "note": ""}}
    refused = {"kind": "command.answered", "data": {"ok": False, "note": "no airflow at the outlet"}}
    assert words(done, "garden heat pump", "Ada") == "Ada's garden heat pump has carried it out."
    told = words(refused, "garden heat pump", "Ada")
    assert told == "Ada's garden heat pump did not carry it out: no airflow at the outlet."
