"""`runtime` offers exactly what `__all__` lists, in order."""

import inspect
import re

import runtime


def _with_numbers(name: str) -> list[str | int]:
    """For an order in which S8 comes before S16."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def test_all_is_the_sorted_public_surface() -> None:
    constants = [name for name in runtime.__all__ if name.isupper()]
    classes = [name for name in runtime.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in runtime.__all__ if name.islower()]
    constants.sort(key=_with_numbers)
    assert [*constants, *sorted(classes), *sorted(functions)] == runtime.__all__

    offered = {
        name
        for name in dir(runtime)
        if not name.startswith("_") and not inspect.ismodule(getattr(runtime, name))
    }
    assert offered == set(runtime.__all__)


def test_whatever_a_service_gives_or_raises_has_a_public_name() -> None:
    from runtime import errors

    raised = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert raised <= set(runtime.__all__)

    returned = {
        inspect.signature(method).return_annotation.__name__
        for name, method in inspect.getmembers(runtime.Service, inspect.isfunction)
        if not name.startswith("_")
        and inspect.isclass(inspect.signature(method).return_annotation)
        and inspect.signature(method).return_annotation.__module__.startswith("runtime")
    }
    assert {"FileSystemView", "Statistics"} <= returned <= set(runtime.__all__)
