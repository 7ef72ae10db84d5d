"""The modules of a service, by name."""

from collections.abc import Iterator

from runtime.errors import NoSuchFunction, NoSuchModule, ServiceClosed
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

    def find(self, name: str) -> LinkedModule:
        """The module of this name.

        Raises:
            NoSuchModule: there is none.
            ServiceClosed: the service is closed.
        """
        self.check_open()
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
        linked = self.find(module)
        function = linked.functions.get(name)
        if function is None:
            raise NoSuchFunction(
                f"module {module!r} has no public function {name!r}"
                f"{suggestion(name, linked.functions)} (it has: {listing(linked.functions)})",
                module=module,
                function=name,
            )
        return function
