"""A pytest plugin for the build machine: with BEFOREHAND_NO_SKIPS set, a test that was skipped fails the run."""

from __future__ import annotations

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, so that the machine can be given what it lacks."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("BEFOREHAND_NO_SKIPS"):
        terminalreporter.write_line(f"{len(skipped)} skipped, and here none may be:", red=True)
        for report in skipped:
            terminalreporter.write_line(f"  {report.nodeid}: {report.longrepr}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run with skips into a red one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("BEFOREHAND_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
