"""What can be typed just now: the commands, and what the live service has."""

from dataclasses import dataclass

from mrepl.command import Command
from mrepl.session import Session
from mrepl.settings_table import SETTINGS, Setting
from runtime import Engine, FunctionInterface, ModuleInterface


@dataclass(frozen=True, slots=True)
class Offer:
    """All that completion and checking know; plain data, for any thread.

    Attributes:
        commands: the table of commands.
        modules: the interfaces of the loaded modules.
        settings: the table of settings.
        adapters: the names of the loaded modules' adapters, as traces show them.
        engine: what runs the adapters.
        has_last_result: whether `_` stands for something.
    """

    commands: tuple[Command, ...]
    modules: tuple[ModuleInterface, ...] = ()
    settings: tuple[Setting, ...] = SETTINGS
    adapters: tuple[str, ...] = ()
    engine: Engine = Engine.FUSED
    has_last_result: bool = False

    def module(self, name: str | None) -> ModuleInterface | None:
        """The module of that name, if it is loaded."""
        return next((module for module in self.modules if module.name == name), None)

    def function(self, module: str | None, name: str | None) -> FunctionInterface | None:
        """The function of that name in the module, if both are there."""
        found = self.module(module)
        functions = () if found is None else found.functions
        return next((function for function in functions if function.name == name), None)

    def setting(self, name: str | None) -> Setting | None:
        """The setting of that name, if there is one."""
        return next((setting for setting in self.settings if setting.name == name), None)


def offer_of(session: Session, commands: tuple[Command, ...]) -> Offer:
    """What a session offers between two of its commands.

    Raises:
        ServiceClosed: its service was closed.
    """
    return Offer(
        commands=commands,
        modules=session.service.interface(),
        adapters=session.service.adapters(),
        engine=session.settings.engine,
        has_last_result=session.last_result is not None,
    )
