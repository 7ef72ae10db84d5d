"""Files that no module should be able to change, in directories that a config gives to modules.

A module may do in its directories whatever it likes (spec hazards.md, "WASI"): with the file of
another module, with the config or with a mounted binary there it could change what the next service
runs.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from runtime.config.model import ModuleConfig
from runtime.config.problems import Findings, quoted

_OF_THE_SYSTEM = tuple(map(Path, ("/proc", "/sys", "/dev")))
_SHARED_MEMORY = Path("/dev/shm")  # as good for files as any other place


def warn_of_exposed_files(
    config: Path, modules: Iterable[ModuleConfig], findings: Findings
) -> None:
    """Note each directory of a module that is the system's, or in which files lie that matter.

    Args:
        config: the config's file.
        modules: as it describes them.
        findings: get the warnings.
    """
    modules = tuple(modules)
    guarded: dict[Path, str] | None = None
    for module, guest, host in _directories(modules):
        if guarded is None:  # only now: to follow symbolic links takes its time
            guarded = _guarded_files(config, modules)
        reason = _reason(_resolved(host), guarded)
        if reason is not None:
            findings.warning(
                f"directory {quoted(guest)} of module {quoted(module)}",
                f"{quoted(host)} {reason}, and the module can change what is in it: give it a "
                "directory of its own",
            )


def _directories(modules: Iterable[ModuleConfig]) -> Iterator[tuple[str, str, Path]]:
    for module in modules:
        if module.wasi is not None:
            places = {**module.wasi.preopened, **module.wasi.mapped_dirs}
            yield from ((module.name, guest, host) for guest, host in places.items())


def _guarded_files(config: Path, modules: Iterable[ModuleConfig]) -> dict[Path, str]:
    """What each file is, for a message; several of the same file are one."""
    files = {_resolved(config): "this config"}
    for module in modules:
        files.setdefault(_resolved(module.path), f"the file of module {quoted(module.name)}")
        for name, binary in module.mounted_binaries.items():
            files.setdefault(_resolved(binary), f"the mounted binary {quoted(name)}")
    return files


def _reason(directory: Path, guarded: Mapping[Path, str]) -> str | None:
    if directory == Path(directory.anchor):
        return "holds all files"
    if any(map(directory.is_relative_to, _OF_THE_SYSTEM)):
        return None if directory.is_relative_to(_SHARED_MEMORY) else "is the system's own"
    held = next((what for file, what in guarded.items() if directory in file.parents), None)
    return None if held is None else f"holds {held}"


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, minds no circles of links
