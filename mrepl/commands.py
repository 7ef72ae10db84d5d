"""The table of commands. Parser, help and completion read it; a new command is one more entry."""

from mrepl.call_commands import BENCH, CALL, TRACE
from mrepl.command import Arguments, Command, Kind, Option, Parameter, Reply
from mrepl.command_parameters import AS_PAGES, MODULE
from mrepl.handlers import history, inspection, interface_types, interfaces, services, settings
from mrepl.handlers.calls import show
from mrepl.handlers.help import show_help
from mrepl.session import Session


def _show_help(session: Session, arguments: Arguments) -> Reply:
    return show_help(COMMANDS, session, arguments)


COMMANDS: tuple[Command, ...] = (
    Command(
        "new",
        "n",
        "create a new service",
        services.new,
        "app service creation",
        (
            Parameter(
                "config",
                Kind.PATH,
                "a Config.toml; without it: empty",
                required=False,
                suffix=".toml",
            ),
        ),
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
            Parameter("path", Kind.PATH, "its .wasm file", suffix=".wasm"),
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
        (MODULE,),
        (Option("--force", "even if other modules import it"),),
        examples=("unload greeting", "unload greeting --force"),
    ),
    Command(
        "reload",
        "r",
        "reload what has changed on disk",
        services.reload,
        "reload",
        (Parameter("module", Kind.MODULE, "this one, changed or not", required=False),),
        details=(
            "Modules whose files have changed are loaded anew, and so are all that import\n"
            "them: their memories start anew, others keep theirs. If one cannot be loaded,\n"
            "all stay as they were. `mrepl --watch` does it by itself.\n"
            "\n"
            "The config is that of when the service was created; `new` reads it again. Until\n"
            "all are loaded, those replaced still count for the service's memory limit."
        ),
        examples=("reload", "reload greeting"),
    ),
    CALL,
    Command(
        "show",
        None,
        "show the last result again, in full",
        show,
        "show",
        options=(AS_PAGES,),
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
            Parameter("module", Kind.MODULE, "only this, or such as `g*`", required=False),
            Parameter("func", Kind.FUNCTION, "only this, or such as `get*`", required=False),
        ),
        (
            Option(
                "--type",
                "only functions that take or give this type",
                (Parameter("type", Kind.TYPE, "a record, or `string`, `[]u8`"),),
            ),
            AS_PAGES,
        ),
        details=(
            "In names `*` stands for any characters, `?` for any one. A type is also taken or\n"
            "given where it is in a record or an array."
        ),
        examples=(
            "interface",
            "interface greeting",
            "interface * g*",
            "interface --type string",
        ),
    ),
    Command(
        "stats",
        "s",
        "show the memory of the modules",
        inspection.show_statistics,
        "stats",
        details=(
            "Sizes are decimal, limits as the config writes them. What the last call added is\n"
            "told too, and what runs the adapters; functions that cannot be fused, which the\n"
            "interpreter runs, stand in a line each."
        ),
        examples=("stats",),
    ),
    Command(
        "envs",
        "e",
        "show its environment variables",
        inspection.show_environment,
        "envs",
        (MODULE,),
        examples=("envs greeting",),
    ),
    Command(
        "fs",
        "f",
        "show its directories and open files",
        inspection.show_file_system,
        "fs",
        (MODULE,),
        (AS_PAGES,),
        details="Its preopened directories, and the descriptors that it has open.",
        examples=("fs local_storage",),
    ),
    Command(
        "it",
        None,
        "show its interface types as text",
        interface_types.show_interface_types,
        "it",
        (MODULE,),
        (
            Option("--glue", "the WebAssembly that the engine `fused` makes from its adapters"),
            AS_PAGES,
        ),
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
        (MODULE,),
        examples=("info greeting",),
    ),
    TRACE,
    BENCH,
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
            "A change holds from the next command on, also for new services; modules keep\n"
            "their memory. `help set engine` tells more of one. The settings:\n\n"
            f"{settings.settings_help()}"
        ),
        examples=("set", "set engine", "set engine interp", "set timeout 2.5", "set lines all"),
    ),
    Command(
        "history",
        None,
        "show the commands of this session",
        history.show_history,
        "history",
        (Parameter("count", Kind.WORD, "only the last ones, so many", required=False),),
        details="With the time that each took, or why it failed.",
        examples=("history", "history 5"),
    ),
    Command(
        "save",
        None,
        "save the commands of this session",
        history.save,
        "save",
        (Parameter("file", Kind.PATH, "the file to write"),),
        (Option("--force", "even if the file is there already"),),
        details=(
            "The file is a script: `mrepl Config.toml < session.txt` runs it again. Commands\n"
            "that failed become remarks, with the reason; `save`, `history`, `help` and\n"
            "`quit` are left out."
        ),
        examples=("save session.txt", "save session.txt --force"),
    ),
    Command(
        "help",
        "h",
        "show all commands, one, or the guide",
        _show_help,
        "help",
        (
            Parameter("about", Kind.HELP, "a command, or `guide`", required=False),
            Parameter(
                "topic", Kind.TOPIC, "after `set`: a setting; after `guide`: a page", required=False
            ),
        ),
        (AS_PAGES,),
        details="`guide` may be left out before a page that no command is called like.",
        examples=("help", "help call", "help set engine", "help guide", "help guide security"),
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
