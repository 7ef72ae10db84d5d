"""The command `python -m tests.benchmarks`; README.md beside this file explains it."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from runtime import Engine
from tests.benchmarks import table
from tests.benchmarks.cases import CallCase, Case, all_cases
from tests.benchmarks.measuring import Contestant, Measurement, WrongResult, measure
from tests.benchmarks.own_engines import OwnEngine
from tests.benchmarks.peer import MarineJs, Node, PeerMissing
from tests.benchmarks.profile import profile
from tests.benchmarks.report import own_versions, report


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the cases that the command line names, or all."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.avm is not None and not options.avm.is_file():
        parser.error(f"--avm: there is no file {options.avm}")
    with ExitStack() as opened:
        working_dir = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        cases = all_cases(working_dir, options.avm)
        chosen = _chosen(cases, options.case)
        if not chosen:
            parser.error(f"no such case, there are: {'; '.join(case.name for case in cases)}")
        if options.profile:
            _print_profiles(chosen, options.time)
            return
        versions = own_versions()
        contestants: list[Contestant] = [OwnEngine(Engine.INTERP), OwnEngine(Engine.FUSED)]
        notes: list[str] = []
        if not options.without_peer:
            try:
                node = Node.start(options.peer)
            except PeerMissing as error:
                notes.append(f"without Marine-JS: {error}")
            else:
                opened.callback(node.close)
                contestants.append(MarineJs(node, options.peer, options.peer_entry))
                versions |= node.versions
        print(", ".join(f"{name} {version}" for name, version in versions.items()))
        try:
            measurements = _print_table(chosen, contestants, options.time)
        except WrongResult as error:
            sys.exit(f"the results differ: {error}")
        for note in notes:
            print(note)
        if options.json is not None:
            text = json.dumps(report(measurements, versions), indent=2, ensure_ascii=False)
            options.json.write_text(text + "\n", encoding="utf-8")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"{text} is no time above 0")
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure whole calls, loads and starts with both engines and Marine-JS.",
    )
    parser.add_argument(
        "--case", action="append", metavar="NAME", help="only cases with this in their name"
    )
    parser.add_argument(
        "--time", type=_seconds, default=2.0, metavar="SECONDS", help="for each case (default: 2)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--avm", type=Path, metavar="PATH", help="avm.wasm, for the cases of it")
    parser.add_argument(
        "--peer",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where Marine-JS was installed (default: the current directory)",
    )
    parser.add_argument(
        "--peer-entry",
        choices=("call", "text"),
        default="call",
        help="how to call Marine-JS: its own function (default), or below it, from text to text",
    )
    parser.add_argument("--without-peer", action="store_true", help="leave Marine-JS out")
    parser.add_argument(
        "--profile", action="store_true", help="show where the time of calls goes instead"
    )
    return parser


def _chosen(cases: Sequence[Case], names: Sequence[str] | None) -> list[Case]:
    return [case for case in cases if names is None or any(name in case.name for name in names)]


def _print_table(
    cases: Sequence[Case], contestants: Sequence[Contestant], seconds: float
) -> list[Measurement]:
    names = [contestant.name for contestant in contestants]
    print(table.header(cases, names))
    measurements = []
    for case in cases:
        measurements.append(measure(case, contestants, seconds))
        print(table.row(measurements[-1], cases, names), flush=True)
    for reason in table.reasons(measurements):
        print(reason)
    return measurements


def _print_profiles(cases: Sequence[Case], seconds: float) -> None:
    for case in cases:
        if isinstance(case, CallCase):
            print(*profile(case, seconds), sep="\n", flush=True)


if __name__ == "__main__":
    main()
