"""What a service of a test is made of."""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # pytest imports this package in every run; the runtime comes with the first service.
    from runtime.host.registration import HostFunctions


@dataclass(frozen=True, slots=True)
class ServiceOf:
    """A service that a Config.toml describes.

    Relative paths lie in the directory of the file that calls `marine_test` or `service_fixture`.

    Attributes:
        config_path: the Config.toml.
        modules_dir: where the modules' files are; None for what the config says.
        working_dir: where the config's relative `service_working_dir` lies, and with it the
            directories that modules see; None for the test's own `tmp_path`.
        host_functions: as for `Service`.
        timeout: seconds that each call may take; None for no limit.
        wasm_log: log directives, such as `info,greeting=debug`; None for those of the environment
            variable `WASM_LOG`.

    Raises:
        TypeError: a path is none.
    """

    config_path: Path | str
    _: KW_ONLY
    modules_dir: Path | str | None = None
    working_dir: Path | str | None = None
    host_functions: HostFunctions = ()
    timeout: float | None = None
    wasm_log: str | None = None

    def __post_init__(self) -> None:
        self._check_path("config_path", self.config_path)
        for name in ("modules_dir", "working_dir"):
            path = getattr(self, name)
            if path is not None:
                self._check_path(name, path)

    def _check_path(self, name: str, path: object) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"{name}: expected a path, got {path!r}")
