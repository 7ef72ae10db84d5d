"""The words that may stand for a parameter, as far as they are known."""

from collections.abc import Iterator

from mrepl.command import Kind, Parameter
from mrepl.guide_pages import guide_pages
from mrepl.help_pages import GUIDE
from mrepl.interface_choice import type_names
from mrepl.line.offer import Offer
from mrepl.line_parts import LineParts
from runtime import Engine
from runtime.interface.types import form_text


def known_words(parameter: Parameter, line: LineParts, offer: Offer) -> list[tuple[str, str]]:
    """The words that may stand for a parameter, each with what there is to say of it."""
    match parameter.kind:
        case Kind.HELP:
            return list(_of_help(offer))
        case Kind.TOPIC:
            return list(_topics(line, offer))
        case Kind.MODULE:
            return [
                (module.name, _count(len(module.functions), "function")) for module in offer.modules
            ]
        case Kind.FUNCTION:
            module = offer.module(line.value(Kind.MODULE))
            functions = () if module is None else module.functions
            return [(each.name, form_text(each.signature)) for each in functions]
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


def _of_help(offer: Offer) -> Iterator[tuple[str, str]]:
    """The commands, the guide, and its pages that no command is called like."""
    yield from ((command.name, command.about) for command in offer.commands)
    yield GUIDE, "the pages of the guide"
    names = {name for command in offer.commands for name in command.names}
    yield from ((name, title) for name, title in guide_pages().items() if name not in names)


def _topics(line: LineParts, offer: Offer) -> Iterator[tuple[str, str]]:
    """The guide's pages after `guide`; the settings after `set`."""
    about = line.value(Kind.HELP)
    if about == GUIDE:
        yield from guide_pages().items()
    elif about == "set":
        yield from ((setting.name, setting.about) for setting in offer.settings)


def _opponents(line: LineParts, offer: Offer) -> Iterator[tuple[str, str]]:
    """The other engine, and other modules that have the function."""
    yield from ((engine.value, "engine") for engine in Engine if engine is not offer.engine)
    name = line.value(Kind.FUNCTION)
    for module in offer.modules:
        function = offer.function(module.name, name)
        if function is not None and module.name != line.value(Kind.MODULE):
            yield module.name, form_text(function.signature)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
