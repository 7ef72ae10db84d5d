"""What a service tells of itself: interfaces, memory, metadata, what its modules see."""

from runtime.description import (
    GlueListing,
    ModuleInterface,
    Statistics,
    interface_of,
    statistics_of,
)
from runtime.engine.wasi.descriptors import FileSystemView
from runtime.errors import NoSuchModule
from runtime.interface.metadata import ModuleMetadata
from runtime.reloaded import ChangedModule
from runtime.service_parts import ServiceParts
from runtime.tracing.adapter_names import adapter_names


class ServiceInspection:
    """The part of a service's interface that tells of its modules, and changes nothing."""

    def __init__(self, parts: ServiceParts) -> None:
        """Args: parts: the service's."""
        self._parts = parts

    def interface(
        self, module: str | None = None, function: str | None = None
    ) -> tuple[ModuleInterface, ...]:
        """The interfaces of all modules, in load order, or of one.

        Args:
            module: only this module.
            function: only this function of it, and the records reachable from it.

        Raises:
            NoSuchModule: there is no such module, or only a function is named.
            NoSuchFunction: it has no such function.
        """
        if module is None:
            self._parts.loaded.check_open()
            if function is not None:
                raise NoSuchModule("interface: a function is one of a module: name that too")
            return tuple(map(interface_of, self._parts.loaded))
        linked = self._parts.loaded.find(module)
        functions = None if function is None else [self._parts.loaded.function(module, function)]
        return (interface_of(linked, functions),)

    def statistics(self) -> Statistics:
        """The memory of all modules, in load order."""
        with self._parts.use.uninterrupted():
            self._parts.loaded.check_open()
            return Statistics(
                tuple(map(self._parts.loading.statistics, self._parts.loaded)),
                self._parts.store.rejected,
                self._parts.store.notes,
                self._parts.fusion.engine,
                None if self._parts.store.pool is None else self._parts.store.pool.limit,
            )

    def memory_sizes(self) -> dict[str, int]:
        """How many bytes each module's memory has now, in load order; none counts as 0."""
        with self._parts.use.uninterrupted():
            self._parts.loaded.check_open()
            return {each.name: statistics_of(each).memory_bytes for each in self._parts.loaded}

    def glue(self, module: str) -> GlueListing:
        """What the fused engine makes of a module's adapters.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._parts.use.uninterrupted():
            linked = self._parts.loaded.find(module)
            return GlueListing(
                self._parts.fusion.text(linked).text, self._parts.fusion.unfused(linked).reasons()
            )

    def metadata(self, module: str) -> ModuleMetadata:
        """What a module says of itself: its interface types, versions and manifest.

        Raises:
            NoSuchModule: there is none of this name.
        """
        return self._parts.loaded.find(module).module.metadata

    def environment(self, module: str) -> dict[str, str]:
        """The environment variables that a module sees.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._parts.use.uninterrupted():
            return self._parts.loading.environment(module)

    def file_system(self, module: str) -> FileSystemView:
        """The directories that a module sees and the files it has open.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._parts.use.uninterrupted():
            linked = self._parts.loaded.find(module)
            return FileSystemView((), ()) if linked.wasi is None else linked.wasi.file_system()

    def adapters(self) -> tuple[str, ...]:
        """The names of all adapters as traces show them, by module in load order.

        An export adapter's is `module.function`, an import adapter's `module.namespace.function`.
        """
        self._parts.loaded.check_open()
        return adapter_names(self._parts.loaded)

    def changed_modules(self) -> tuple[ChangedModule, ...]:
        """The modules whose files are not what was loaded, in load order.

        It is cheap: a file is read only where its size or times have changed, or changed just now.
        Files that are missing or end in the middle, such as those that a compiler is writing, are
        not ready, and not among them. Nor are modules that were loaded from bytes.
        """
        with self._parts.use.uninterrupted():
            self._parts.loaded.check_open()
            return self._parts.reloading.changed()
