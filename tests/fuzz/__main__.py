"""Fuzzes what reads bytes from strangers: `python -m tests.fuzz --minutes 1`."""

import argparse
import importlib.util
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event

from tests.fuzz.campaign import Directories, fuzz_target
from tests.fuzz.findings import FINDINGS
from tests.fuzz.target import TARGETS
from tests.support.paths import PROJECT


def main() -> int:
    """The command line; the exit status is 1 where something was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        epilog="Each finding is a file in tests/fuzz/findings, and a test from then on. "
        "`python -m tests.fuzz.replay FILE` shows what is wrong with it.",
    )
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=1, help="of each target (default 1)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time (default: cores)"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=PROJECT / "build" / "fuzz",
        help="where logs and corpora are kept (default build/fuzz)",
    )
    options = parser.parse_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if importlib.util.find_spec("atheris") is None:
        print("fuzzing needs atheris: pip install -e '.[fuzz]'", file=sys.stderr)
        return 2

    directories = Directories(options.work.absolute(), FINDINGS)
    failed = False
    interrupted = Event()
    with ThreadPoolExecutor(options.jobs) as pool:
        running = [
            pool.submit(fuzz_target, target, options.minutes * 60, directories, interrupted)
            for target in dict.fromkeys(options.targets or TARGETS)
        ]
        try:
            for each in as_completed(running):
                fuzzed = each.result()
                print(fuzzed, flush=True)
                failed = failed or bool(fuzzed.findings) or fuzzed.trouble is not None
        except KeyboardInterrupt:
            interrupted.set()
            pool.shutdown(cancel_futures=True)
            print("interrupted", file=sys.stderr)
            return 130
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
