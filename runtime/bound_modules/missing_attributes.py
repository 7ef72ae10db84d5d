"""The errors of attributes that there are not: `hasattr` and `getattr` understand them."""

from runtime.errors import NoSuchFunction, NoSuchModule


class MissingModule(NoSuchModule, AttributeError):
    """Raised for an attribute that is no loaded module."""

    @property
    def kind(self) -> str:
        """What it is to who knows the public errors."""
        return NoSuchModule.__name__


class MissingPart(NoSuchFunction, AttributeError):
    """Raised for an attribute that is neither a function nor a record of its module."""

    @property
    def kind(self) -> str:
        """What it is to who knows the public errors."""
        return NoSuchFunction.__name__
