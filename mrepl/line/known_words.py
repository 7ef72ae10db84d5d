"""The words that may stand for a parameter, as far as they are known."""

from collections.abc import Iterator

from mrepl.command import Kind, Parameter
from mrepl.interface_choice import type_names
from mrepl.line.offer import Offer
from mrepl.line_parts import LineParts
from runtime import Engine, FunctionInterface, signature_text


def known_words(parameter: Parameter, line: LineParts, offer: Offer) -> list[tuple[str, str]]:
    """The words that may stand for a parameter, each with what there is to say of it."""
    match parameter.kind:
        case Kind.COMMAND:
            return [(command.name, command.about) for command in offer.commands]
        case Kind.MODULE:
            return [
                (module.name, _count(len(module.functions), "function")) for module in offer.modules
            ]
        case Kind.FUNCTION:
            module = offer.module(line.value(Kind.MODULE))
            functions = () if module is None else module.functions
            return [(each.name, _form(each)) for each in functions]
        case Kind.SETTING:
            return [(setting.name, setting.about) for setting in offer.settings]
        case Kind.SETTING_VALUE:
            setting = offer.setting(line.value(Kind.SETTING))
            return [] if setting is None else [(value, "") for value in setting.values]
        case Kind.TYPE:
            known = (type_names(each) for module in offer.modules for each in module.functions)
            return [(name, "") for name in sorted(set().union(*known))]
        case Kind.ADAPTER:
            return [(name, "") for name in offer.adapters]
        case Kind.OPPONENT:
            return list(_opponents(line, offer))
        case _:
            return [(choice, "") for choice in parameter.choices]


def _opponents(line: LineParts, offer: Offer) -> Iterator[tuple[str, str]]:
    """The other engine, and other modules that have the function."""
    yield from ((engine.value, "engine") for engine in Engine if engine is not offer.engine)
    name = line.value(Kind.FUNCTION)
    for module in offer.modules:
        function = offer.function(module.name, name)
        if function is not None and module.name != line.value(Kind.MODULE):
            yield module.name, _form(function)


def _form(function: FunctionInterface) -> str:
    """Its parameters and its result."""
    return signature_text("", function.signature).removeprefix("fn ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
