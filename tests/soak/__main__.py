"""Lets services and a shell run for long and shows that nothing stays behind.

`python -m tests.soak` prints figures as it goes and exits with 1 if memory, address space,
mappings, descriptors or threads grow. CI runs it with `--part 0.02`.
"""

import argparse
import sys

from tests.soak import of_services, of_the_shell
from tests.soak.long_run import NOTHING
from tests.support.foreground import act_as_in_foreground
from tests.support.usage import STATUS

RUNS = {each.name: each for each in (*of_services.RUNS, of_the_shell.RUN)}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="*", metavar="run", help=f"of {', '.join(RUNS)} (all)")
    parser.add_argument("--part", type=float, default=1.0, help="how much of each (default 1)")
    options = parser.parse_args()
    unknown = set(options.runs) - set(RUNS)
    if unknown:
        parser.error(f"no run {', '.join(sorted(unknown))}")
    if not STATUS.exists():
        print("the figures come from Linux's /proc, which this system has not")
        return 2
    act_as_in_foreground()
    failed = []
    for name in options.runs or RUNS:
        run = RUNS[name]
        print(name)
        times = max(10, round(run.times * options.part))
        excess = run.excess(run.growth(times, report=_print_at_once), times)
        good = "flat" if run.each == NOTHING else "no more than the engine keeps"
        print("\n".join(excess) if excess else good, flush=True)
        failed += [name] * bool(excess)
    print(f"something grew: {', '.join(failed)}" if failed else "nothing grew")
    return int(bool(failed))


def _print_at_once(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
