"""Reloading: modules come into a service anew when their files change."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from runtime.call_state import CallState
from runtime.calls import Calls
from runtime.errors import MemoryLimitExceeded, ModuleError, ModuleFileError
from runtime.import_order import after_their_imports, with_importers
from runtime.linked_module import LinkedModule
from runtime.loaded_modules import LoadedModules
from runtime.loading import Loading
from runtime.module import Module
from runtime.reloaded import ChangedModule, ReloadCause, Reloaded
from runtime.renewal import Renewal


class Reloading:
    """Loads modules of one service anew; who calls it has the service for itself."""

    def __init__(
        self,
        loading: Loading,
        loaded: LoadedModules,
        *,
        call_state: CallState,
        calls: Calls,
        renewal: Renewal,
    ) -> None:
        """Make the reloading of a service.

        Args:
            loading: the service's, which has loaded the modules.
            loaded: its modules.
            call_state: its calls' state.
            calls: its calls.
            renewal: gives it new stores.
        """
        self._loading = loading
        self._loaded = loaded
        self._call_state = call_state
        self._calls = calls
        self._renewal = renewal

    def changed(self) -> tuple[ChangedModule, ...]:
        """The modules whose files are not what was loaded, in load order.

        Files that cannot be read or that end early are not ready, and not among them.
        """
        found = []
        for linked in self._loaded:
            with suppress(ModuleFileError):
                changed = self._loading.origins[linked.name].change(linked.module)
                if changed is not None:
                    found.append(changed)
        return tuple(found)

    def reload(self, asked: Sequence[str]) -> tuple[Reloaded, ...]:
        """Load modules anew, and those that import them; all of them, or none.

        Args:
            asked: their names; without any: all whose files have changed.

        Returns:
            What was loaded anew, in load order.

        Raises:
            NoSuchModule: there is none of one of the names.
            ModuleError: a module cannot be loaded; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for the new ones.
        """
        self._loaded.check_open()
        origins = self._loading.origins
        for name in asked:
            _check_has_file(self._loaded.find(name))
        if not asked:
            for linked in self._loaded:
                origins[linked.name].change(linked.module)  # raises where a file is not ready
        changed = {each.name for each in self.changed()}
        before = dict(self._loaded.by_name)
        names = with_importers(
            asked or changed, {name: old.imports_from for name, old in before.items()}
        )
        modules = {
            name: self._loading.read(origins[name].config)
            if name in asked or name in changed
            else before[name].module
            for name in names
        }
        if 0 < len(modules) == len(before):
            with self._renewal.new_store():  # nothing of before is needed any more
                self._replace(modules, before)
        else:
            self._replace(modules, before)
        return tuple(_reloaded(before[name], self._loaded.by_name[name], names) for name in names)

    def _replace(self, modules: Mapping[str, Module], before: Mapping[str, LinkedModule]) -> None:
        """Link modules, and put them in the place of those of the same names: all, or none."""
        made: dict[str, LinkedModule] = {}
        is_decided = False
        try:
            self._link(modules, made)
            is_decided = True
            self._take_over(made, before)
        except BaseException as error:
            if is_decided:  # it comes from a signal handler, and must keep nothing from being done
                self._take_over(made, before)
                raise
            for linked in made.values():
                linked.unload()
            if isinstance(error, MemoryLimitExceeded):
                error.message += (
                    "\n  the modules in whose place they come count too, until it is sure that all "
                    "can be loaded"
                )
            raise

    def _link(self, modules: Mapping[str, Module], made: dict[str, LinkedModule]) -> None:
        """Link modules with each other and with those that stay, and put them into `made`."""
        seen = {
            name: linked for name, linked in self._loaded.by_name.items() if name not in modules
        }
        imports = {name: module.imported_namespaces() for name, module in modules.items()}
        for name in after_their_imports(
            modules, lambda name: [other for other in modules if other in imports[name]]
        ):
            self._call_state.reset()
            config = self._loading.origins[name].config
            seen[name] = made[name] = self._loading.linked(config, modules[name], seen)

    def _take_over(
        self, made: Mapping[str, LinkedModule], before: Mapping[str, LinkedModule]
    ) -> None:
        """Put modules in the place of those of before; once more if that was interrupted."""
        self._renewal.decide()
        self._calls.forget()
        for name, linked in made.items():
            self._loading.add(self._loading.origins[name].config, linked)
            before[name].unload()


def _check_has_file(linked: LinkedModule) -> None:
    if linked.module.file is None:
        raise ModuleError(
            f"module {linked.name!r} was loaded from bytes, so there is no file to reload it "
            "from: unload it and load it again",
            module=linked.name,
        )


def _reloaded(old: LinkedModule, new: LinkedModule, names: Sequence[str]) -> Reloaded:
    before, now = old.module.file, new.module.file
    if new.module is old.module:
        imports = tuple(name for name in names if name in new.imports_from)
        return Reloaded(new.name, ReloadCause.IMPORTS, imports)
    is_changed = before is None or now is None or before.contents != now.contents
    return Reloaded(new.name, ReloadCause.CHANGED if is_changed else ReloadCause.ASKED)
