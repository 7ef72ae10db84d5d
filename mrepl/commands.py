"""The table of commands. Parser, help and completion read it; a new command is one more entry."""

from functools import partial

from mrepl.command import Arguments, Command, Kind, Option, Parameter, Reply
from mrepl.command_line import find_command
from mrepl.handlers import calls, inspection, interface_types, interfaces, services, settings
from mrepl.help_pages import overview, page
from mrepl.json_text import compact_json
from mrepl.marked_text import MarkedText, Span
from mrepl.session import Session


def show_help(_session: Session, arguments: Arguments) -> Reply:
    """Shows all commands, or one command's page."""
    name = arguments.get("command")
    text = overview(COMMANDS) if name is None else page(find_command(name, COMMANDS))
    return Reply(compact_json({"text": text}), partial(_help_text, text))


def _help_text(text: str) -> MarkedText:
    return (Span(text),)


_MODULE = Parameter("module", Kind.MODULE, "the name of a loaded module")

COMMANDS: tuple[Command, ...] = (
    Command(
        "new",
        "n",
        "create a new service",
        services.new,
        "app service creation",
        (Parameter("config", Kind.PATH, "a Config.toml; without it: empty", required=False),),
        details="The current one stays until the new one is there.",
        examples=("new Config.toml", "new"),
    ),
    Command(
        "load",
        "l",
        "load a module",
        services.load,
        "loading",
        (
            Parameter("name", Kind.NEW_MODULE, "under which other modules import it"),
            Parameter("path", Kind.PATH, "its .wasm file"),
        ),
        details="It has no directories and no mounted binaries, and its logger is on.",
        examples=(
            "load greeting artifacts/greeting.wasm",
            'load greeting "my files/greeting.wasm"',
        ),
    ),
    Command(
        "unload",
        "u",
        "unload a module",
        services.unload,
        "unloading",
        (_MODULE,),
        (Option("--force", "even if other modules import it"),),
        examples=("unload greeting",),
    ),
    Command(
        "call",
        "c",
        "call a function",
        calls.call,
        "call",
        (
            _MODULE,
            Parameter("func", Kind.FUNCTION, "one of its public functions"),
            Parameter("args", Kind.JSON, "an array, or an object by name", required=False),
            Parameter("call_params", Kind.JSON, "an object", required=False),
        ),
        (
            Option("-nr", "do not show the result"),
            Option("--full", "show all of a result, however long"),
        ),
        details=(
            "Arguments and call parameters are JSON; without arguments: []. A function of\n"
            "one argument also takes it alone, without the array. The line goes on in the\n"
            "next one while a bracket or a quote is open. `_` in them is the last result,\n"
            "`@args.json` in their place reads them from a file."
        ),
        examples=(
            'call greeting greeting ["John"]',
            'call greeting greeting {"name": "John"}',
            'call -nr greeting greeting "John"',
            "call greeting greeting [_]",
            "call greeting greeting @args.json",
            'call call_parameters call_parameters_v3 [] {"host_id": "me"}',
        ),
    ),
    Command(
        "show",
        None,
        "show the last result again, in full",
        calls.show,
        "show",
        options=(Option("--pager", "in a pager, `less` or that of $PAGER"),),
        examples=("show", "show --pager"),
        aliases=("_",),
    ),
    Command(
        "interface",
        "i",
        "show functions and records",
        interfaces.show_interface,
        "interface",
        (
            Parameter("module", Kind.MODULE, "only this module", required=False),
            Parameter("func", Kind.FUNCTION, "only this function", required=False),
        ),
        examples=("interface", "interface greeting"),
    ),
    Command(
        "stats",
        "s",
        "show the memory of the modules",
        inspection.show_statistics,
        "stats",
        details=(
            "And what runs the adapters; functions that cannot be fused, which the\n"
            "interpreter runs, stand in a line each."
        ),
    ),
    Command(
        "envs",
        "e",
        "show its environment variables",
        inspection.show_environment,
        "envs",
        (_MODULE,),
        examples=("envs greeting",),
    ),
    Command(
        "fs",
        "f",
        "show its directories and open files",
        inspection.show_file_system,
        "fs",
        (_MODULE,),
        details="Its preopened directories, and the descriptors that it has open.",
        examples=("fs local_storage",),
    ),
    Command(
        "it",
        None,
        "show its interface types as text",
        interface_types.show_interface_types,
        "it",
        (_MODULE,),
        (Option("--glue", "the WebAssembly that the engine `fused` makes from its adapters"),),
        details=(
            "The glue is text too, with the interface-types instructions that each part\n"
            "comes from in comments."
        ),
        examples=("it greeting", "it greeting --glue"),
    ),
    Command(
        "info",
        None,
        "show its versions and who made it",
        interface_types.show_information,
        "info",
        (_MODULE,),
        examples=("info greeting",),
    ),
    Command(
        "set",
        None,
        "show the settings, or change one",
        settings.show_or_change,
        "set",
        (
            Parameter("name", Kind.SETTING, "only this setting", required=False),
            Parameter("value", Kind.SETTING_VALUE, "its new value", required=False),
        ),
        details=(
            f"A change holds from the next command on, also for new services; modules keep\n"
            f"their memory. The settings:\n\n{settings.settings_help()}"
        ),
        examples=("set", "set engine", "set engine interp"),
    ),
    Command(
        "help",
        "h",
        "show all commands, or one",
        show_help,
        "help",
        (Parameter("command", Kind.COMMAND, "a command's name", required=False),),
        examples=("help", "help call"),
        aliases=("?",),
    ),
    Command(
        "quit",
        "q",
        "close the service and leave",
        services.leave,
        "quit",
        aliases=("exit",),
        examples=("quit",),
    ),
)
