import pytest

from runtime import Service, ValidationError, signature_text
from runtime.interface.public_functions import public_functions
from runtime.interface.section import (
    EncodedField,
    Export,
    FunctionDefinition,
    Implementation,
    InterfaceSection,
    RecordDefinition,
    make_section,
)
from runtime.interface.section_codec import decode_section
from runtime.interface.types import Scalar
from tests.support.paths import FIXTURES

NOT_STARTED_ALONE = {"faults", "shop"}  # modules that cannot be loaded, or need host functions

CONFIGS = sorted(
    path for path in FIXTURES.glob("*/Config.toml") if path.parent.name not in NOT_STARTED_ALONE
)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.parent.name)
def test_they_are_those_that_can_be_called(config: str) -> None:
    with Service.from_config(config) as service:
        for module in service.interface():
            (payload,) = service.metadata(module.name).interface_sections
            found = public_functions(decode_section(payload), module=module.name)
            assert [signature_text(*each) for each in found.items()] == [
                signature_text(each.name, each.signature) for each in module.functions
            ]


def _section(
    exports: tuple[Export, ...], implementations: tuple[Implementation, ...]
) -> InterfaceSection:
    function = FunctionDefinition((), ())
    record = RecordDefinition("R", (EncodedField("f", Scalar.U8),))
    return make_section("0.27.0", (function, function, record), (), (), exports, implementations)


def test_exports_without_an_implementation_are_not_public() -> None:
    section = _section((Export("allocate", 0), Export("f", 1)), (Implementation(1, 0),))
    assert list(public_functions(section, module="m")) == ["f"]


@pytest.mark.parametrize(
    ("exports", "implementations", "message"),
    [
        ((Export("f", 2),), (), "export 'f': found type index 2, which is a record type"),
        ((Export("f", 0),), (Implementation(0, 9),), "implementation 0: found type index 9"),
        ((Export("f", 0), Export("g", 0)), (Implementation(0, 1),), "functions 'f', 'g' of core"),
        (
            (Export("f", 0),),
            (Implementation(0, 1), Implementation(0, 1)),
            "implementation 1: found a second public function 'f'",
        ),
    ],
)
def test_an_ill_formed_section_is_told(
    exports: tuple[Export, ...], implementations: tuple[Implementation, ...], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        public_functions(_section(exports, implementations), module="m")
