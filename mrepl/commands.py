"""The table of commands. Parser, help and completion read it; a new command is one more entry."""

from functools import partial

from mrepl.command import PAGER, Arguments, Command, Kind, Option, Parameter, Reply
from mrepl.command_line import find_command
from mrepl.handlers import (
    benchmarks,
    calls,
    history,
    inspection,
    interface_types,
    interfaces,
    services,
    settings,
    tracing,
)
from mrepl.help_pages import overview, page
from mrepl.session import Session
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import MarkedText, Span
from mrepl.usage import UsageError


def show_help(_session: Session, arguments: Arguments) -> Reply:
    """Shows all commands, one command's page, or that of a setting."""
    name, topic = arguments.get("command"), arguments.get("setting")
    if name is None:
        text = overview(COMMANDS)
    elif topic is None:
        text = page(find_command(name, COMMANDS))
    elif find_command(name, COMMANDS).name == "set":
        text = settings.setting_help(topic)
    else:
        raise UsageError("only `help set` takes one word more, the name of a setting")
    return Reply(compact_json({"text": text}), partial(_help_text, text))


def _help_text(text: str) -> MarkedText:
    return (Span(text),)


_MODULE = Parameter("module", Kind.MODULE, "the name of a loaded module")
_FUNCTION = Parameter("func", Kind.FUNCTION, "one of its public functions")
_PAGER = Option(PAGER, "in a pager, `less` or that of $PAGER")

_AS_FOR_CALL = (
    _MODULE,
    _FUNCTION,
    Parameter("args", Kind.JSON, "as for `call`", required=False),
    Parameter("call_params", Kind.JSON, "as for `call`", required=False),
)

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
        (_MODULE,),
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
            "The config is that of when the service was created; `new` reads it again. The\n"
            "memory of those replaced counts for the service's limit, until there is a `new`\n"
            "service."
        ),
        examples=("reload", "reload greeting"),
    ),
    Command(
        "call",
        "c",
        "call a function",
        calls.call,
        "call",
        (
            _MODULE,
            _FUNCTION,
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
            "next one while a bracket is open. `_` in them is the last result, `@args.json`\n"
            "in their place reads them from a file."
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
        options=(_PAGER,),
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
            _PAGER,
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
        (
            Option("--glue", "the WebAssembly that the engine `fused` makes from its adapters"),
            _PAGER,
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
        (_MODULE,),
        examples=("info greeting",),
    ),
    Command(
        "trace",
        "t",
        "show what a call does, step by step",
        tracing.trace,
        "call",
        _AS_FOR_CALL,
        (
            Option(
                "--depth",
                "calls below so many levels take one line each",
                (Parameter("levels", Kind.WORD, "0 or more"),),
            ),
            Option(
                "--adapter",
                "show only what this adapter does",
                (
                    Parameter(
                        "name",
                        Kind.ADAPTER,
                        "module.function, or module.namespace.function of an import",
                    ),
                ),
            ),
            Option("--json", "show the steps as JSON"),
            _PAGER,
        ),
        details=(
            "Makes the call, by the interpreter. A line is an instruction of an adapter: its\n"
            "number, as in `it`, what it called, the operand stack after it (the top is the\n"
            "last) and its time. Below it stands what the call led to:\n"
            "\n"
            "  export  an export adapter: lowers arguments, calls Wasm, lifts the result\n"
            "  import  an import adapter, with raw arguments: lifts them, calls another\n"
            "          module, lowers the result\n"
            "  wasm    a raw call of Wasm code; what it does with WASI is part of it\n"
            "  host    a function of the host, and the raw calls it makes for its result\n"
            "\n"
            "Where one thing led to more than 20 calls, the first ten and the last are shown;\n"
            "--json has all. A trace keeps 10,000 steps and counts the others.\n"
            "\n"
            "The table says what the time of each module went into. The time that recording\n"
            "takes is left out."
        ),
        examples=(
            'trace greeting greeting ["John"]',
            'trace facade get_n_save ["https://x.org", "x"] --depth 1',
            'trace facade get_n_save ["https://x.org", "x"] --adapter curl_adapter.download',
        ),
    ),
    Command(
        "bench",
        "b",
        "measure how long a call takes",
        benchmarks.bench,
        "call",
        _AS_FOR_CALL,
        (
            Option("-n", "take so many samples", (Parameter("samples", Kind.WORD, "2 or more"),)),
            Option(
                "--time",
                "take samples for so long at most",
                (Parameter("seconds", Kind.WORD, "above 0"),),
            ),
            Option(
                "--warmup",
                "make so many calls before",
                (Parameter("calls", Kind.WORD, "0 or more"),),
            ),
            Option(
                "--vs",
                "with an engine, a module, or 'module func [args]'",
                (Parameter("what", Kind.OPPONENT, "what it leaves out is as in the first call"),),
            ),
            Option(
                "--scan",
                "one row for each value",
                (Parameter("name=values", Kind.WORD, "such as size=10,1000"),),
            ),
            Option(
                "--export",
                "write csv, json, md or svg",
                (
                    Parameter(
                        "format",
                        Kind.WORD,
                        "csv, json, md or svg",
                        choices=("csv", "json", "md", "svg"),
                    ),
                    Parameter("file", Kind.PATH, "it is replaced"),
                ),
                repeatable=True,
            ),
            Option(
                "--fail-above",
                "fail where the median is above",
                (Parameter("time", Kind.WORD, "such as 50us, 1.5ms"),),
            ),
        ),
        details=(
            "A call is timed from the JSON of its arguments to the JSON of its result. Fast\n"
            "calls are timed in batches of a millisecond: a sample is the mean of a batch.\n"
            "After 0.3 s of warm-up it takes samples for 3 s, ten at least, or fewer when\n"
            "the median is known to half a percent. Ctrl-C ends it, and shows what there is.\n"
            "What modules print meanwhile is not shown.\n"
            "\n"
            "--vs takes both calls by turns; what it leaves out is as in the first call.\n"
            "--scan puts its values in place of {name} in the arguments, a string of so many\n"
            "characters in place of {string:name}, so many numbers in place of {bytes:name}.\n"
            "--export writes every sample to csv and json, and a chart to svg."
        ),
        examples=(
            'bench greeting greeting ["John"]',
            'bench greeting greeting ["John"] --vs interp',
            "bench greeting greeting [{string:size}] --scan size=10,1000,100000",
            'bench greeting greeting ["John"] -n 1000 --export svg greeting.svg',
            'bench greeting greeting ["John"] --fail-above 50us',
        ),
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
        "show all commands, or one",
        show_help,
        "help",
        (
            Parameter("command", Kind.COMMAND, "a command's name", required=False),
            Parameter("setting", Kind.SETTING, "after `set`: a setting's name", required=False),
        ),
        examples=("help", "help call", "help set engine"),
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
