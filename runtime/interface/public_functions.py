"""What a section says of a module's public functions, without the module's code."""

from collections import defaultdict

from runtime.interface.place import Place
from runtime.interface.resolution import resolve_types
from runtime.interface.section import InterfaceSection
from runtime.interface.types import Signature


def public_functions(section: InterfaceSection, *, module: str) -> dict[str, Signature]:
    """The signatures of the public functions by name, in the order of the implementations.

    A public function is an export whose type has an implementation; its interface is the type of
    that implementation's adapter (spec interface-types.md, "Meaning"). The adapters' instructions
    are not looked at.

    Args:
        section: the decoded section.
        module: the module's name, for errors.

    Raises:
        ValidationError: a type or an index is ill-formed, or two functions have one name.
    """
    types = resolve_types(section.types, module=module)
    exports: dict[int, list[str]] = defaultdict(list)
    for export in section.exports:
        place = Place(module, f"export {export.name!r}")
        types.signature(export.function_type, place)
        exports[export.function_type].append(export.name)
    found: dict[str, Signature] = {}
    for number, implementation in enumerate(section.implementations):
        names = exports.get(implementation.core_type)
        if names is None:  # it is of an import
            continue
        place = Place(module, f"implementation {number}")
        if len(names) > 1:
            listed = ", ".join(map(repr, names[:5]))
            raise place.error(
                f"functions {listed} of core type {implementation.core_type}", "one function"
            )
        (name,) = names
        if name in found:
            raise place.error(f"a second public function {name!r}", "one of the name")
        found[name] = types.signature(implementation.adapter_type, place)
    return found
