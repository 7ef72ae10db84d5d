"""Checks files of inputs as the fuzzer would: `python -m tests.fuzz.replay FILE…`.

The directory of a file names its target. The first input that fails ends this, with the traceback.
"""

import argparse
from pathlib import Path

from tests.fuzz.target import bound_memory, check, find_target


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.replay", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        try:
            replay(path)
        except Exception as error:
            error.add_note(f"the input is {path}")
            raise


def replay(path: Path) -> None:
    """Check one file, with the fuzzer's bound of memory.

    Raises:
        Exception: what the check raises.
    """
    target = find_target(path.parent.name)
    bound_memory(target)
    check(target, path.read_bytes())


if __name__ == "__main__":
    main()
