"""Versions on the command line."""

import argparse

from runtime.errors import VersionError
from runtime.interface.metadata import is_semantic_version, is_version_from

NO_CHECK = "--no-check"
"""The option with which a version is written that the runtime refuses to load."""


def semantic_version(text: str) -> str:
    """The version itself, if it is one; for argparse's `type`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if is_semantic_version(text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no version such as 0.14.0")


def check_supported(subject: str, version: str, *, minimal: str) -> None:
    """Check that the runtime loads modules of a version.

    Args:
        subject: what the version is of, for the message.
        version: the version.
        minimal: the first that is supported.

    Raises:
        VersionError: it does not.
    """
    if not is_version_from(minimal, version):
        raise VersionError(
            f"modules with {subject} version {version} cannot be loaded: expected {minimal} or "
            f"later ({NO_CHECK} writes any version)"
        )
