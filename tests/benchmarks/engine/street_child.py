"""Our whole path as a process that answers questions: `python -m tests.benchmarks.engine.street_child URL FOLDER BOOK [--bare]`.

Broker, sort, log on disk, acknowledge, judge, checkpoints, inbox: what `tests.system.street_half` puts together. For
every line on standard input it prints how many messages it has received and judged so far, as JSON. `--bare` receives, logs
on disk and acknowledges, nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.system.street_half import Half, plain_logs, say


async def main() -> None:
    """Serve until standard input ends."""
    plain_logs()
    url, folder, rules = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    half = Half(url, folder, rules)
    await (half.bare() if "--bare" in sys.argv else half.whole())
    half.source.start()
    tasks = [asyncio.create_task(one) for one in half.work]
    await half.source.connected()
    say("ready")
    questions = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(questions), sys.stdin
    )
    while await questions.readline():
        gauges = half.gauges
        say(
            json.dumps(
                {
                    "received": gauges.received,
                    "judged": sum(gauges.judged.values()),
                    "behind": gauges.behind,
                    "faults": gauges.faults,
                }
            )
        )
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
