"""Time limits as text."""


def seconds_text(seconds: float) -> str:
    """The shortest decimal number that is read as the same again, without a unit: `5`, `0.25`."""
    return repr(float(seconds)).removesuffix(".0")
