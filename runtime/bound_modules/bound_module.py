"""A loaded module as a Python object."""

from collections.abc import Iterator
from typing import NoReturn

from runtime.bound_modules.attribute_names import attribute_names
from runtime.bound_modules.bound_function import BoundFunction, bound_function
from runtime.bound_modules.call_options import CallOptions
from runtime.bound_modules.own_records import record_classes
from runtime.calls import Calls
from runtime.errors import NoSuchFunction
from runtime.interface.types import records_of, signature_text
from runtime.linked_module import LinkedModule
from runtime.loaded_modules import public_function
from runtime.python_types.record_classes import record_text
from runtime.shown_names import shown_name
from runtime.suggestions import listing, suggestion


class BoundModule:
    """A loaded module: its public functions and the dataclasses of its records are attributes.

    Attributes are named as in the interface, as far as Python allows: `my-function` is
    `my_function`, `class` is `class_`, and a record that is called like a function has `_` after
    it. By their own names, functions are items: `module["my-function"]`; iteration gives these
    names.

    Functions take arguments by position and by name: what `Service.call` takes, and instances of
    any dataclass that has a record's fields. In their results, records are instances of the
    dataclasses here. They call the module as it was when `service.modules` gave it: once it is
    unloaded or loaded anew they raise a CallError.
    """

    # `__dict__` holds what was asked for before.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "_attribute_of",
        "_calls",
        "_home",
        "_names",
        "_options",
        "_record_class",
    )

    def __init__(self, home: LinkedModule, calls: Calls, options: CallOptions) -> None:
        """Bind a module; it is `service.modules` that does.

        Args:
            home: the module.
            calls: makes its calls.
            options: of its calls.

        Raises:
            CallError: the dataclasses in the options do not fit its records.
        """
        self._home = home
        self._calls = calls
        self._options = options
        self._names = attribute_names(
            tuple(home.functions),
            records_of(function.signature for function in home.functions.values()),
        )
        self._attribute_of = {name: attribute for attribute, name in self._names.functions.items()}
        self._record_class = record_classes(
            self._names.records, options.records.get(home.name, {}), module=home.name
        )
        vars(self)["__doc__"] = self._interface_text()  # for `help`

    def __getattr__(self, name: str) -> BoundFunction:
        made: BoundFunction
        if name in self._names.functions:
            made = bound_function(
                self._home,
                self._home.functions[self._names.functions[name]],
                name=name,
                calls=self._calls,
                options=self._options,
                record_class=self._record_class,
            )
        elif name in self._names.records:
            made = self._record_class(self._names.records[name])
        else:
            raise self._missing(name)
        attributes: dict[str, BoundFunction] = vars(self)
        return attributes.setdefault(name, made)

    def __getitem__(self, name: str) -> BoundFunction:
        function = public_function(self._home, name)
        found: BoundFunction = getattr(self, self._attribute_of[function.name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._attribute_of)

    def __len__(self) -> int:
        return len(self._attribute_of)

    def __contains__(self, name: object) -> bool:
        return name in self._attribute_of

    def __dir__(self) -> list[str]:
        return [*self._names.functions, *self._names.records]

    def __repr__(self) -> str:
        return f"<module {self._home.name!r}: {listing(self._attribute_of)}>"

    def __reduce__(self) -> NoReturn:
        """Refuse copies and pickles.

        Raises:
            TypeError: always, as for all that Python cannot pickle.
        """
        raise TypeError(
            f"module {self._home.name!r} belongs to a running service and cannot be copied, "
            "pickled or sent to another process: send the service's `config` and create a service "
            "there"
        )

    def _interface_text(self) -> str:
        """The functions and records, as interface listings show them."""
        functions = (
            f"  {signature_text(each.name, each.signature)}"
            for each in self._home.functions.values()
        )
        records = map(record_text, self._names.records.values())
        return "\n\n".join(
            [
                f"Module {shown_name(self._home.name)}.",
                "\n".join(["Functions:", *functions]),
                *records,
            ]
        )

    def _missing(self, name: str) -> NoSuchFunction:
        known = self.__dir__()
        return NoSuchFunction(
            f"module {self._home.name!r} has no public function and no record {name!r}"
            f"{suggestion(name, known)} (it has: {listing(known)})",
            module=self._home.name,
            function=name,
        )
