"""The size of things: a file, a function, its branches and parameters. Small rooms stay habitable."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("hub", "device_rules", "notifiers", "voice_skills", "simulators", "tests")
FILE_LINES, TEST_LINES, FUNCTION_LINES, PARAMETERS = 300, 400, 40, 5
# Programs, not tests: a load that is paced has to wait for the wall.
PACED = ("tests/benchmarks/", "tests/system/street_half.py")
FORBIDDEN_NAMES = {
    "utils",
    "helpers",
    "common",
    "base",
    "core",
    "manager",
    "service",
    "handler",
    "processor",
    "misc",
}


def sources() -> list[Path]:
    """Every Python file of the product and its tests, migrations left out (a schema is as long as it is)."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in files if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text()) for path in sources()}


def test_a_file_fits_into_one_head() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in sources()}

    too_long = {
        name: size
        for name, size in sizes.items()
        if size > (TEST_LINES if name.startswith("tests/") else FILE_LINES)
    }
    assert too_long == {}


def test_a_function_fits_onto_one_screen(trees: dict[str, ast.Module]) -> None:
    too_long = {
        f"{name}:{node.name}": length
        for name, tree in trees.items()
        if not name.startswith("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert too_long == {}


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many parameters a caller has to think of: `self`, `cls` and injected ones are not counted."""
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    injected = (
        "Depends",
        "Header",
        "Query",
        "Form",
        "Path",
        "Body",
        "Cookie",
        "File",
        "Annotated",
        "Request",
    )
    return sum(
        1
        for argument in given
        if argument.arg not in ("self", "cls")
        and not (argument.annotation and any(word in ast.unparse(argument.annotation) for word in injected))
    )


def test_a_function_takes_no_more_than_five_things(trees: dict[str, ast.Module]) -> None:
    greedy = {
        f"{name}:{node.name}": count
        for name, tree in trees.items()
        if not name.startswith(("tests/", "hub/web/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name != "__init__"
        and (count := parameters(node)) > PARAMETERS
        and not any("command" in ast.unparse(mark) for mark in node.decorator_list)
    }
    assert greedy == {}


def test_nothing_is_imported_inside_a_function(trees: dict[str, ast.Module]) -> None:
    hidden = [
        f"{name}:{inner.lineno}"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in sources() if path.stem in FORBIDDEN_NAMES] == []


def test_nobody_mocks_and_no_test_sleeps(trees: dict[str, ast.Module]) -> None:
    lazy = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        if name.startswith("tests/")
        if not name.startswith(PACED)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "asyncio.sleep", "sleep")
    ]
    mocked = [
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest.mock")
    ]
    assert (lazy, mocked) == ([], [])


def test_every_module_says_what_it_is_for(trees: dict[str, ast.Module]) -> None:
    silent = [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []
