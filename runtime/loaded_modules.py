"""The modules of a service, by name."""

from collections.abc import Iterator
from weakref import WeakValueDictionary

from runtime.errors import NoSuchFunction, NoSuchModule, ServiceClosed
from runtime.json_values import described
from runtime.linked_module import LinkedModule, PublicFunction
from runtime.suggestions import listing, suggestion


class LoadedModules:
    """What a service has loaded, in load order.

    Attributes:
        by_name: the modules; nothing once the service is closed.
        is_closed: whether the service is.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, LinkedModule] = {}
        self.is_closed = False
        self._holders: WeakValueDictionary[int, object] = WeakValueDictionary()

    def __iter__(self) -> Iterator[LinkedModule]:
        return iter(tuple(self.by_name.values()))

    def check_open(self) -> None:
        """Make sure that the service is open.

        Raises:
            ServiceClosed: it is not.
        """
        if self.is_closed:
            raise ServiceClosed("the service is closed")

    def close(self) -> None:
        """From now on there are no modules."""
        self.is_closed = True
        self.by_name.clear()
        self._changed()

    def add(self, linked: LinkedModule) -> None:
        """Add a module, or put it in the place of the one of the same name."""
        self.by_name[linked.name] = linked
        self._changed()

    def remove(self, name: str) -> None:
        """Remove the module of this name, which there is."""
        del self.by_name[name]
        self._changed()

    def clear_attributes_with_changes(self, holder: object) -> None:
        """Clear the `__dict__` of an object with each change from now on, while there is both."""
        self._holders[id(holder)] = holder

    def _changed(self) -> None:
        for reference in self._holders.valuerefs():  # a copy: other threads may add to them
            holder = reference()
            if holder is not None:
                vars(holder).clear()

    def find(self, name: str) -> LinkedModule:
        """The module of this name.

        Raises:
            NoSuchModule: there is none.
            ServiceClosed: the service is closed.
        """
        self.check_open()
        misnamed = error_of_names(name)
        if misnamed is not None:
            raise misnamed
        linked = self.by_name.get(name)
        if linked is None:
            raise NoSuchModule(
                f"no module {name!r} is loaded{suggestion(name, self.by_name)} "
                f"(loaded: {listing(self.by_name)})",
                module=name,
            )
        return linked

    def function(self, module: str, name: str) -> PublicFunction:
        """A public function of a module.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
            ServiceClosed: the service is closed.
        """
        return public_function(self.find(module), name)


def public_function(linked: LinkedModule, name: str) -> PublicFunction:
    """A public function of a module.

    Raises:
        NoSuchFunction: it has no such function.
    """
    misnamed = error_of_names(linked.name, name)
    if misnamed is not None:
        raise misnamed
    function = linked.functions.get(name)
    if function is None:
        raise NoSuchFunction(
            f"module {linked.name!r} has no public function {name!r}"
            f"{suggestion(name, linked.functions)} (it has: {listing(linked.functions)})",
            module=linked.name,
            function=name,
        )
    return function


def error_of_names(module: object, function: object = "") -> NoSuchModule | NoSuchFunction | None:
    """The error of names that are none, or None where both are strings."""
    if not isinstance(module, str):
        return NoSuchModule(f"a module's name is a string, got {described(module)}")
    if not isinstance(function, str):
        return NoSuchFunction(
            f"a function's name is a string, got {described(function)}", module=module
        )
    return None
