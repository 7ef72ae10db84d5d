"""The module that does nothing, loaded from its bytes like any other."""

import pytest

from runtime import NoSuchFunction, Service, calibration_module


def test_it_gives_back_what_it_is_given() -> None:
    with Service() as service:
        service.load("calibration", calibration_module())
        for text in ("", "x", "ż" * 30_000):
            assert service.call("calibration", "echo", [text]) == text


def test_preparing_a_function_changes_nothing_but_names_one_that_is_not_there() -> None:
    with Service() as service:
        service.load("calibration", calibration_module())
        service.prepare("calibration", "echo")
        service.prepare("calibration", "echo")
        assert service.call("calibration", "echo", ["x"]) == "x"
        with pytest.raises(NoSuchFunction, match="did you mean 'echo'"):
            service.prepare("calibration", "ecko")
