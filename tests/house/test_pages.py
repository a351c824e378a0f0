"""The reference pages say what the tables say."""

from __future__ import annotations

import pytest

from tests.house.pages import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_has_not_drifted_from_its_table(name: str) -> None:
    written = (DOCS / name).read_text()

    assert written == PAGES[name](), (
        f"run: .venv/bin/python -m tests.house.pages (docs/{name} is out of date)"
    )
