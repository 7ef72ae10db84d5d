"""Versions on the command line."""

import argparse

from runtime.interface.metadata import is_semantic_version


def semantic_version(text: str) -> str:
    """The version itself, if it is one; for argparse's `type`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if is_semantic_version(text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no version such as 0.14.0")
