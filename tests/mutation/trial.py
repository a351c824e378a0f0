"""Tries one mutant after the other in a copy of the tree: which tests are asked, in which order, and for how long.

The copy lies in build/mutation. Each mutant has a process of its own, forked from one that has imported everything but
our code. It is killed when a test fails, or when it takes far longer than the same tests do otherwise.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CPU, WALL = 30, 240  # seconds after which a mutant is taken for one that does not end
ONE_TEST = 6  # seconds of CPU, of which the slowest takes two
MEMORY = 2 << 30
OURS = ("device_rules", "hub", "tests")
WARM = (
    "hypothesis.strategies",
    "msgspec",
    "pydantic",
    "yaml",
    "zoneinfo",
    "_pytest.assertion.rewrite",
    "graphlib",
    "decimal",
)
INI = "[pytest]\naddopts = --import-mode=importlib\npythonpath = .\n"

T, W = "tests/device_rules", "tests/device_rules/windows"
DIFFERENTIAL = "tests/mutation/differential.py"
QUICK = [
    f"{T}/test_episode.py",
    f"{T}/test_time.py",
    f"{T}/test_silence.py",
    f"{T}/test_snapshot.py",
    f"{T}/test_engine_hostile.py",
]
FORMS = [f"{T}/test_forms.py", f"{T}/test_functions.py", f"{T}/test_truth.py"]
LATE = [DIFFERENTIAL]
WINDOWS = [f"{W}/test_windows.py", f"{T}/test_functions.py", f"{T}/test_snapshot.py", DIFFERENTIAL]
FIRST: dict[str, list[str]] = {
    "silence": [f"{T}/test_silence.py"],
    "snapshot": [f"{T}/test_snapshot.py", f"{T}/test_engine_hostile.py"],
    "derived": [f"{T}/test_functions.py", f"{T}/test_forms.py", f"{W}/test_sequence.py"],
    "plan": [f"{T}/test_functions.py", f"{T}/test_forms.py"],
    "compile": [f"{T}/test_truth.py", f"{T}/test_language.py"],
    "quiet": [f"{T}/test_quiet.py", f"{T}/test_quiet_wide.py"],
    "quiet_text": [f"{T}/test_quiet.py", f"{T}/test_quiet_wide.py"],
    "quiet_wide": [f"{T}/test_quiet_wide.py"],
    "steady": [f"{T}/test_quiet_wide.py", f"{T}/test_quiet.py"],
    "hold": [f"{T}/test_truth.py", f"{T}/test_episode.py"],
    "memory": [f"{T}/test_truth.py", f"{T}/test_time.py"],
    "windows/calendar": [f"{W}/test_calendar.py"],
    "windows/sequence": [f"{W}/test_sequence.py", f"{T}/test_forms.py"],
    "windows/habit": [f"{W}/test_habits.py"],
    "windows/unusual": [f"{W}/test_habits.py"],
    "windows/tailguard": [f"{W}/test_tailguard.py", f"{W}/test_habits.py"],
    "windows/cadence": [f"{T}/test_silence.py", f"{T}/test_forms.py", DIFFERENTIAL],
    "windows/size": [f"{W}/test_size.py"],
    "engine": [f"{T}/test_snapshot.py"],
    "windows/happenings": [f"{T}/test_forms.py", f"{T}/test_functions.py"],
}
LAST: dict[str, list[str]] = {
    **{
        name: [f"{T}/test_quiet.py", f"{T}/test_groups_engine.py"]
        for name in ("rest", "device", "plan", "snapshot", "derived")
    },
    **{name: [f"{T}/test_groups_engine.py"] for name in ("engine", "ward", "asking")},
}


class Hurry:
    """A plugin that ends the process when one test takes far too long."""

    def pytest_runtest_setup(self) -> None:
        """Its time begins."""
        signal.setitimer(signal.ITIMER_VIRTUAL, ONE_TEST)


def tests_for(file: str, tree: Path) -> list[str]:
    """The tests that are asked about a module, likely killers first; `test_MODULE_edges.py` before all others."""
    name = file.removeprefix("device_rules/").removesuffix(".py")
    usual, place = (WINDOWS, W) if "/" in name else ([*QUICK, *FORMS, *LATE], T)
    edges = sorted(f"{place}/{path.name}" for path in (tree / place).glob("test_*_edges.py"))
    own = [one for one in edges if Path(name).name in one]
    wanted = [*own, *FIRST.get(name, []), *edges, *usual, *LAST.get(name, [])]
    return [one for one in dict.fromkeys(wanted) if (tree / one).exists()]


def copied(place: Path) -> Path:
    """A fresh copy of what the tests need, without what was compiled."""
    shutil.rmtree(place, ignore_errors=True)
    for name in ("device_rules", "tests/device_rules", "tests/reference", "tests/mutation"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    (place / "tests" / "house").mkdir()
    (place / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "rules-cookbook.md", place / "docs")
    shutil.copy(ROOT / "tests" / "promises.py", place / "tests")
    (place / "pytest.ini").write_text(INI, encoding="utf-8")
    return place


def warm_up() -> None:
    """Import what every trial imports, but nothing of ours."""
    os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "HYPOTHESIS_STORAGE_DIRECTORY": os.devnull}
    for name in WARM:
        import_module(name)
    strange = [
        name for name in sys.modules if name.split(".")[0] in OURS and not name.startswith("tests.mutation")
    ]
    for name in strange:
        del sys.modules[name]
    gc.freeze()


def passes(tree: Path, tests: list[str], log: Path, *, keep: bool = False) -> str:
    """Run the tests in a process of their own: "passed", "failed" or "endless". With `keep`, what is compiled is kept."""
    child = os.fork()
    if child == 0:
        _be_quiet(log)
        _run(tree, tests, keep)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "endless"
    return {0: "passed", 1: "failed"}.get(os.WEXITSTATUS(status), "failed")


def _be_quiet(log: Path) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(target, 1)
    os.dup2(target, 2)


def _run(tree: Path, tests: list[str], keep: bool) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(WALL)
    sys.dont_write_bytecode = not keep
    os.chdir(tree)
    elsewhere = {str(ROOT), "", sysconfig.get_path("scripts")}
    sys.path[:] = [str(tree), *(one for one in sys.path if one not in elsewhere)]
    sys.path_importer_cache.clear()
    sys.modules.pop("tests", None)
    for name in [name for name in sys.modules if name.startswith("tests.")]:
        del sys.modules[name]
    code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-c", "pytest.ini", *tests], plugins=[Hurry()])
    sys.stdout.flush()
    os._exit(int(code))
