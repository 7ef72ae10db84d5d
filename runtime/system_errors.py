"""What the operating system says of a path that cannot be used."""


def reason_of(error: OSError | ValueError) -> str:
    """Why it cannot, in the system's words, without the path and the number of the error.

    Args:
        error: what using the path raised; a ValueError where there is a NUL in it.
    """
    return (isinstance(error, OSError) and error.strerror) or str(error)
