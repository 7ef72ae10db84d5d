"""How a loaded module came into its service, and whether its file is still what was loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.config.model import ModuleConfig
from runtime.module import Module
from runtime.module_file import ModuleFile, look_again
from runtime.reloaded import ChangedModule


@dataclass(slots=True)
class ModuleOrigin:
    """How a loaded module came into the service.

    Attributes:
        config: the module's.
        environment: the variables that it sees.
        seen: its file as it was last looked at; None where it was given as bytes.
    """

    config: ModuleConfig
    environment: Mapping[str, str]
    seen: ModuleFile | None

    def change(self, module: Module) -> ChangedModule | None:
        """Look at the file again: what has become of it, if it has changed.

        Args:
            module: what was loaded.

        Raises:
            ModuleFileError: it cannot be read, or ends early.
        """
        loaded = module.file
        if self.seen is None or loaded is None:
            return None
        self.seen = look_again(self.seen, module=module.name)
        if self.seen.contents == loaded.contents:
            return None
        return ChangedModule(module.name, loaded.path, self.seen.contents)
