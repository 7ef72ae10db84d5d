"""Creates and closes services by the thousand and shows that nothing stays behind.

`python -m tests.soak` prints figures as it goes and exits with 1 if memory, address space,
descriptors or threads grow. CI runs it with `--services 300`.
"""

import argparse
import gc
import sys
from dataclasses import dataclass
from pathlib import Path

from runtime import Service, ServiceConfig
from runtime.config.loading import load_config

CONFIG = Path(__file__).parent.parent / "fixtures" / "greeting" / "Config.toml"
MEBIBYTE = 1 << 20
WARM_UP = 100
"""Services before the first measurement: caches and allocators have filled by then."""

MOST_GROWTH = {"resident MiB": 16.0, "address space MiB": 256.0, "descriptors": 4, "threads": 2}
"""What may come and go besides what leaks; one leaked memory alone reserves over 4,096 MiB."""


@dataclass(frozen=True)
class Usage:
    """What this process has of the system."""

    figures: dict[str, float]

    def __str__(self) -> str:
        return "  ".join(f"{name} {value:9.1f}" for name, value in self.figures.items())


def usage() -> Usage:
    """Measure, from Linux's /proc."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sizes = {
        line.split(":")[0]: int(line.split()[1]) / 1024
        for line in status.splitlines()
        if line.startswith(("VmRSS", "VmSize"))
    }
    return Usage(
        {
            "resident MiB": sizes["VmRSS"],
            "address space MiB": sizes["VmSize"],
            "descriptors": len(list(Path("/proc/self/fd").iterdir())),
            "threads": len(list(Path("/proc/self/task").iterdir())),
        }
    )


def create_and_close(config: ServiceConfig, count: int) -> None:
    """Create services one after the other, call each once and close it."""
    for _ in range(count):
        with Service(config, timeout=10) as service:
            result = service.call("greeting", "greeting", ["soak"])
            if result != "Hi, soak":
                raise AssertionError(f"wrong result: {result!r}")


def growth(config: ServiceConfig, services: int) -> dict[str, float]:
    """How much of each figure came on top of the start, after so many services."""
    create_and_close(config, WARM_UP)
    before = usage()
    print(f"{0:6} services: {before}")
    for done in range(1, 11):
        create_and_close(config, services // 10)
        after = usage()
        print(f"{done * (services // 10):6} services: {after}", flush=True)
    return {name: after.figures[name] - before.figures[name] for name in before.figures}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--services", type=int, default=10_000, help="how many (default 10,000)")
    services = parser.parse_args().services
    if not Path("/proc/self/status").exists():
        print("the figures come from Linux's /proc, which this system has not")
        return 2
    plain = load_config(CONFIG)
    limited = ServiceConfig(modules=plain.modules, total_memory_limit=64 * MEBIBYTE)
    failed = False
    for name, config in (("without a memory limit", plain), ("with a memory limit", limited)):
        print(name)
        for figure, grown in growth(config, services // 2).items():
            if grown > MOST_GROWTH[figure]:
                print(f"{figure} grew by {grown:.1f}, allowed are {MOST_GROWTH[figure]}")
                failed = True
    print("something grew" if failed else "flat")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
