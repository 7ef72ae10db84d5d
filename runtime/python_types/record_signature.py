"""Signatures in which dataclasses made from records show by their names."""

import sys
from inspect import Signature


class RecordSignature(Signature):
    """As `help` shows it, made dataclasses have no module: none has an attribute of their name."""

    if sys.version_info >= (3, 13):

        def format(self, **options: object) -> str:
            """As `Signature.format`."""
            return _without_module(super().format(**options))

    else:

        def __str__(self) -> str:
            return _without_module(super().__str__())


def _without_module(text: str) -> str:
    return text.replace(f"{__package__}.", "")
