"""The entries of `call`, `trace` and `bench`, the commands that call a function of a module."""

from mrepl.command import Command, Kind, Option, Parameter
from mrepl.command_parameters import AS_PAGES, MODULE
from mrepl.handlers import benchmarks, calls, tracing

_FUNCTION = Parameter("func", Kind.FUNCTION, "one of its public functions")
_AS_FOR_CALL = (
    MODULE,
    _FUNCTION,
    Parameter("args", Kind.JSON, "as for `call`", required=False),
    Parameter("call_params", Kind.JSON, "as for `call`", required=False),
)

CALL = Command(
    "call",
    "c",
    "call a function",
    calls.call,
    "call",
    (
        MODULE,
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
        "one argument also takes it alone, unless that is an array or a record. The line\n"
        "goes on in the next one while a bracket is open. `_` in them is the last result,\n"
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
)

TRACE = Command(
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
        AS_PAGES,
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
)

BENCH = Command(
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
)
