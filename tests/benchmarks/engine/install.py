"""Install the peers under build/, each package by itself: `python -m tests.benchmarks.engine.install`.

An environment of their own for Python, a folder of their own for Node; never .venv. What cannot be installed is told
and left out. Package indexes are those that pip and npm are configured for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.benchmarks.engine.figures import say
from tests.benchmarks.engine.places import FOLDER, HERE, PYTHON, wheel_node

LIMIT = 300  # seconds for one package


def done(*command: str, **environ: str) -> bool:
    """Run it; when it fails, tell the end of what it said."""
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            cwd=FOLDER,
            env=os.environ | environ,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"  failed: {error}")
        return False
    if run.returncode:
        say("  failed: " + " | ".join((run.stdout + run.stderr).strip().splitlines()[-3:]))
    return run.returncode == 0


def main() -> int:
    """Install what is missing; 1 when some peer cannot be had (the others are measured all the same)."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists() and not done(sys.executable, "-m", "venv", str(FOLDER / "python")):
        return 1
    whole = True
    for line in (HERE / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            say(f"installing {line} …")
            whole &= done(str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", line)
    node = wheel_node()
    if node is None:
        say("  no Node: Node-RED and json-rules-engine are left out")
        return 1
    say("installing Node-RED and json-rules-engine …")
    (FOLDER / "node").mkdir(exist_ok=True)
    shutil.copy(HERE / "package.json", FOLDER / "node" / "package.json")
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    whole &= done(
        str(node), str(npm), "install", "--prefix", str(FOLDER / "node"), "--no-audit", "--no-fund",
        "--no-package-lock", "--loglevel=error", PATH=f"{node.parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
