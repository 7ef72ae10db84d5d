"""What is said where a module imports a function that the host does not offer to it."""

from collections.abc import Collection

from runtime.host.log_settings import LOG_FUNCTION
from runtime.suggestions import suggestion


def missing_function(name: str, offered: Collection[str]) -> str:
    """The end of the message: what there is instead, and who can offer the function.

    Args:
        name: what the module imports.
        offered: the names of what it may import by the same namespace.
    """
    remedy = (
        "the module's config has logger_enabled = false"
        if name == LOG_FUNCTION
        else "offer it as a host function in Python, or as an executable in the module's "
        "mounted_binaries"
    )
    return (
        f"but the host offers no such function to it{suggestion(name, offered)} "
        f"(it offers: {', '.join(sorted(offered)) or 'none'})\n  {remedy}"
    )
