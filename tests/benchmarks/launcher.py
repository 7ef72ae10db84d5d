"""Runs the command that its arguments are; prints its wall time and peak memory as JSON.

`python launcher.py COMMAND…` prints `{"seconds": …, "peak_bytes": …}`.
"""

import json
import os
import sys
import time


def run(command: list[str]) -> dict[str, float]:
    """Run a command, its output thrown away, and measure it."""
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} ended with exit status {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {"seconds": seconds, "peak_bytes": usage.ru_maxrss * unit}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1:])))
