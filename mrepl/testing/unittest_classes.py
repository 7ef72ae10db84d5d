"""Classes of `unittest`, whose tests cannot get services."""


def refusal(tests: type) -> str | None:
    """Why the tests of a class cannot have a marine_test; None where they can."""
    from unittest import TestCase  # noqa: PLC0415 - runs without such classes do not import it

    if not issubclass(tests, TestCase):
        return None
    return (
        f"marine_test: the tests of {tests.__name__}, a unittest.TestCase, have no parameters "
        "that could get services: expected a class of pytest's, without bases, or functions"
    )
