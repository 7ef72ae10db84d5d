"""The interfaces of a service's modules, read from their files: nothing is compiled or started."""

from mrepl.marine.inspected import inspected
from mrepl.section_listing import interface_section
from runtime import FunctionInterface, ModuleError, ModuleInterface, ServiceConfig
from runtime.config.model import ModuleConfig
from runtime.interface.public_functions import public_functions
from runtime.interface.types import records_of


def service_interfaces(config: ServiceConfig) -> tuple[ModuleInterface, ...]:
    """What each module offers, in the config's order.

    Raises:
        ModuleError: a module's file cannot be read, or its interface types are malformed.
    """
    return tuple(map(_module_interface, config.modules))


def _module_interface(module: ModuleConfig) -> ModuleInterface:
    try:
        with inspected(module.path) as (metadata, _):
            section = interface_section(metadata, module=module.name)
            functions = public_functions(section, module=module.name)
    except ModuleError as error:
        error.module = module.name
        if repr(module.name) not in error.message:
            error.message = f"module {module.name!r}: {error.message}"
        raise
    return ModuleInterface(
        module.name,
        tuple(FunctionInterface(*each) for each in functions.items()),
        records_of(functions.values()),
    )
