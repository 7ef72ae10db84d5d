"""The pages of the guide, which come with the program."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ENDING = ".md"


@cache
def guide_pages() -> dict[str, str]:
    """The pages' titles by their names, in the names' order."""
    texts = {
        entry.name.removesuffix(_ENDING): entry.read_text(encoding="utf-8")
        for entry in _guide().iterdir()
        if entry.name.endswith(_ENDING)
    }
    return {name: texts[name].partition("\n")[0].removeprefix("# ") for name in sorted(texts)}


def guide_page(name: str) -> str:
    """The Markdown text of one of them."""
    return _guide().joinpath(f"{name}{_ENDING}").read_text(encoding="utf-8")


def _guide() -> "Traversable":
    from importlib.resources import files  # noqa: PLC0415 - 1 ms, and only the guide needs it

    return files("mrepl").joinpath("guide")
