"""All loaded modules of a service as a Python object."""

from collections.abc import Iterator
from typing import NoReturn

from runtime.bound_modules.bound_module import BoundModule
from runtime.bound_modules.call_options import CallOptions
from runtime.calls import Calls
from runtime.errors import NoSuchModule
from runtime.linked_module import LinkedModule
from runtime.loaded_modules import LoadedModules
from runtime.python_names import python_names
from runtime.suggestions import listing, suggestion


class Modules:
    """The modules that a service has loaded now; each is an attribute and an item.

    Attributes are named as the modules are, as far as Python allows: `my-module` is `my_module`. By
    its own name every module is an item, `modules["my-module"]`; iteration gives these names in
    load order, `in` looks for one, and `len` counts them.
    """

    # `__dict__` holds the modules that were asked for since the last change.
    __slots__ = ("__dict__", "__weakref__", "_calls", "_loaded", "_options")

    def __init__(self, loaded: LoadedModules, calls: Calls, options: CallOptions) -> None:
        """Bind the modules of a service; `Service.modules` and `modules_with` do.

        Args:
            loaded: the modules.
            calls: makes their calls.
            options: of the calls.
        """
        self._loaded = loaded
        self._calls = calls
        self._options = options
        loaded.clear_attributes_with_changes(self)

    def __getattr__(self, name: str) -> BoundModule:
        found = self._by_attribute().get(name)
        if found is None:
            if not name.startswith("__"):  # Python itself asks for these, of closed services too
                self._loaded.check_open()
            raise self._missing(name)
        attributes: dict[str, BoundModule] = vars(self)
        bound = attributes.setdefault(name, BoundModule(found, self._calls, self._options))
        if self._by_attribute().get(name) is not found:  # a thread changed that meanwhile
            attributes.pop(name, None)
        return bound

    def __getitem__(self, name: str) -> BoundModule:
        found = self._loaded.find(name)
        for attribute, linked in self._by_attribute().items():
            if linked is found:
                bound: BoundModule = getattr(self, attribute)
                return bound
        return BoundModule(found, self._calls, self._options)  # a thread unloaded it meanwhile

    def __iter__(self) -> Iterator[str]:
        self._loaded.check_open()
        return iter(tuple(self._loaded.by_name))

    def __len__(self) -> int:
        self._loaded.check_open()
        return len(self._loaded.by_name)

    def __contains__(self, name: object) -> bool:
        self._loaded.check_open()
        return name in self._loaded.by_name

    def __dir__(self) -> list[str]:
        return list(self._by_attribute())

    def __repr__(self) -> str:
        if self._loaded.is_closed:
            return "<modules of a closed service>"
        return f"<modules: {listing(self._loaded.by_name)}>"

    def __reduce__(self) -> NoReturn:
        """Refuse copies and pickles.

        Raises:
            TypeError: always, as for all that Python cannot pickle.
        """
        raise TypeError(
            "modules of a running service cannot be copied, pickled or sent to another process: "
            "send the service's `config` and create a service there"
        )

    def _by_attribute(self) -> dict[str, LinkedModule]:
        linked = tuple(self._loaded)
        return dict(zip(python_names([each.name for each in linked]), linked, strict=True))

    def _missing(self, name: str) -> NoSuchModule:
        known = self.__dir__()
        return NoSuchModule(
            f"no module {name!r} is loaded{suggestion(name, known)} (loaded: {listing(known)})",
            module=name,
        )
