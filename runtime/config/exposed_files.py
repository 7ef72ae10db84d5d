"""Files that no module should be able to change, in directories that a config gives to modules.

A module may do in its directories whatever it likes (spec hazards.md, "WASI"): with the file of
another module, with the config, a mounted binary or compiled code there it could change what the
next service runs; and so it could with a symbolic link on the way to them.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from runtime.config.model import ModuleConfig
from runtime.config.problems import Findings, quoted

_OF_THE_SYSTEM = tuple(map(Path, ("/proc", "/sys", "/dev")))
_SHARED_MEMORY = Path("/dev/shm")  # as good for files as any other place
_CODE = "compiled code that is run"
_MOST_LINKS = 40  # as many Linux follows; with more, files are not opened


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
    directories = tuple(_directories(modules))
    if not directories:  # what follows takes its time
        return
    from runtime.engine.code_cache import code_directory  # noqa: PLC0415 - 10 ms

    code = code_directory()
    guarded = _guarded_places(config, modules, code)
    for module, guest, host in directories:
        directory = _resolved(host)
        is_in_code = code is not None and directory.is_relative_to(_resolved(code))
        reason = f"holds {_CODE}" if is_in_code else _reason(directory, guarded)
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


def _guarded_places(
    config: Path, modules: Iterable[ModuleConfig], code: Path | None
) -> dict[Path, str]:
    """What each file is, for a message, by all places on the way to it; the first counts."""
    files = [(config, "this config")]
    for module in modules:
        files.append((module.path, f"the file of module {quoted(module.name)}"))
        for name, binary in module.mounted_binaries.items():
            files.append((binary, f"the mounted binary {quoted(name)}"))
    if code is not None:
        files.append((code, _CODE))
    guarded: dict[Path, str] = {}
    for file, what in files:
        for place in _places_on_the_way(file):
            guarded.setdefault(place, what)
    return guarded


def _places_on_the_way(path: Path) -> Iterator[Path]:
    """Every file, directory and symbolic link that is looked up to open a file, itself at last.

    All are without links in what is before their last part: who can write to a directory before
    it can put another thing in the place.
    """
    place = Path()
    parts = list(reversed(path.absolute().parts))
    links = 0
    while parts and links <= _MOST_LINKS:
        part = parts.pop()
        if part == "..":
            place = place.parent
            continue
        place /= part  # a target's first part, `/`, leaves nothing of what is before it
        yield place
        try:
            target = place.readlink()
        except OSError:  # no link, or not there
            continue
        links += 1
        parts += reversed(target.parts)
        place = place.parent


def _reason(directory: Path, guarded: Mapping[Path, str]) -> str | None:
    if directory == Path(directory.anchor):
        return "holds all files"
    is_shared_memory = directory.is_relative_to(_SHARED_MEMORY)
    if not is_shared_memory and any(map(directory.is_relative_to, _OF_THE_SYSTEM)):
        return "is the system's own"
    held = next((what for place, what in guarded.items() if directory in place.parents), None)
    return None if held is None else f"holds {held}"


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, minds no circles of links
