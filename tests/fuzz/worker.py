"""Fuzzes one target in this process, until the time is up: `python -m tests.fuzz.worker`.

Exceptions are findings, of which each place is kept once, and fuzzing goes on. What ends the
process, such as a signal, leaves the input in the state file: the campaign keeps it.
"""

import argparse
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

import atheris

from tests.fuzz.findings import keep_finding, place_of
from tests.fuzz.state_file import StateFile
from tests.fuzz.target import Target, bound_memory, check, find_target

_HANG = 120
"""Seconds, by the clock on the wall, after which the fuzzer ends the process."""

_MOST_MEBIBYTES = 2048


def main() -> None:
    """The command line; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.worker", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seeds", type=Path, required=True)
    parser.add_argument("--findings", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--dictionary", type=Path, required=True)
    options = parser.parse_args()

    with ExitStack() as opened:
        # To the end: some of the runtime is imported when it is first used.
        opened.enter_context(atheris.instrument_imports(include=["runtime", "mrepl"]))
        target = find_target(options.target)
        bound_memory(target)
        state = opened.enter_context(StateFile.opened(options.state, target.longest))
        write_seeds(target, options.seeds)
        write_dictionary(target, options.dictionary)
        arguments = [
            sys.argv[0],
            f"-max_total_time={options.seconds}",
            f"-max_len={target.longest}",
            f"-timeout={_HANG}",
            f"-rss_limit_mb={_MOST_MEBIBYTES}",
            "-handle_segv=0",  # WebAssembly's traps are signals that the engine handles
            "-handle_bus=0",
            "-handle_ill=0",
            "-handle_fpe=0",
            "-handle_abrt=0",
            f"-artifact_prefix={options.seeds.parent}/",  # thrown away: the state file has it
            *([f"-dict={options.dictionary}"] if target.dictionary else []),
            str(options.corpus),
            str(options.seeds),
        ]
        checking = checking_of(options.target, target, state, options.findings)
        if target.mutate is None:
            atheris.Setup(arguments, checking)
        else:
            atheris.Setup(arguments, checking, custom_mutator=mutator_of(target))
        atheris.Fuzz()


def checking_of(
    name: str, target: Target, state: StateFile, findings: Path
) -> Callable[[bytes], None]:
    """What libFuzzer calls with each input."""
    known: set[str] = set()

    def checking(data: bytes) -> None:
        state.begin(data)
        try:
            check(target, data)
        except Exception as error:  # noqa: BLE001 - any exception is a finding
            place = place_of(error)
            if place not in known:
                known.add(place)
                path = keep_finding(findings, name, data)
                sys.stderr.write(f"\nFINDING {path}: {place}\n")
                traceback.print_exception(error)
                sys.stderr.flush()
        state.end()

    return checking


def mutator_of(target: Target) -> Callable[[bytes, int, int], bytes]:
    """The target's own changes, and libFuzzer's, which know nothing of structure, in between."""
    mutate = target.mutate
    assert mutate is not None

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if data and random.randrange(4):
            try:
                changed = mutate(data, random)
            except Exception:  # noqa: BLE001 - it calls what is checked, and may find its faults
                traceback.print_exc()
                changed = data
            if changed != data and len(changed) <= max_size:
                return changed
        return bytes(atheris.Mutate(data, max_size))

    return mutator


def write_seeds(target: Target, directory: Path) -> None:
    """Write each seed to a file."""
    for number, seed in enumerate(target.seeds()):
        if len(seed) <= target.longest:
            (directory / f"{number:04}").write_bytes(seed)


def write_dictionary(target: Target, path: Path) -> None:
    """Write the target's dictionary in libFuzzer's form."""
    words = ("".join(f"\\x{byte:02x}" for byte in word) for word in target.dictionary)
    path.write_text("".join(f'"{word}"\n' for word in words))


if __name__ == "__main__":
    main()
