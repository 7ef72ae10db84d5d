"""What this process has of the system, from Linux's /proc."""

import gc
from dataclasses import dataclass
from pathlib import Path

STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Usage:
    """What a process has.

    Attributes:
        resident: MiB of memory.
        address_space: MiB.
        mappings: pieces of address space; Linux gives a process 65,530.
        descriptors: open files and the like.
        threads: how many.
    """

    resident: float
    address_space: float
    mappings: int
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return (
            f"resident {self.resident:8.1f} MiB  address space {self.address_space:12.1f} MiB  "
            f"mappings {self.mappings:6}  descriptors {self.descriptors:5}  "
            f"threads {self.threads:3}"
        )

    def __sub__(self, before: "Usage") -> "Usage":
        return Usage(
            self.resident - before.resident,
            self.address_space - before.address_space,
            self.mappings - before.mappings,
            self.descriptors - before.descriptors,
            self.threads - before.threads,
        )


def usage(process: int | None = None) -> Usage:
    """Measure a process, this one by default."""
    if process is None:
        gc.collect()
    place = Path("/proc", "self" if process is None else str(process))
    status = (place / "status").read_text(encoding="ascii")
    sizes = {
        name: int(value.split()[0]) / 1024
        for name, value in (line.split(":", 1) for line in status.splitlines())
        if name in ("VmRSS", "VmSize")
    }
    return Usage(
        sizes["VmRSS"],
        sizes["VmSize"],
        len((place / "maps").read_bytes().splitlines()),
        len(list((place / "fd").iterdir())),
        len(list((place / "task").iterdir())),
    )
