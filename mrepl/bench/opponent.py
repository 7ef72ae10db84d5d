"""What a call is compared with: an engine, another module, or another call."""

from dataclasses import replace

from mrepl.bench.timed_call import TimedCall
from mrepl.json_scanner import value_end
from mrepl.text.escaping import escape_line
from mrepl.usage import UsageError
from runtime import Engine, Service, suggestion


def read_opponent(text: str, call: TimedCall, service: Service) -> TimedCall:
    """The call that `--vs` names: `interp`, `module`, `module func` or `module func [args]`.

    What it leaves out is as in the first call.

    Args:
        text: an engine's name, or a part of a `call` command's line.
        call: the first call.
        service: whose modules there are.

    Raises:
        UsageError: there is no such engine or module, or it is the first call again.
    """
    words = text.split(maxsplit=2)
    if not words:
        raise UsageError("--vs: an engine, a module or a call is needed, in quotes")
    name = words[0]
    if len(words) == 1 and name in tuple(Engine):
        other = replace(call, engine=Engine(name))
    else:
        modules = [module.name for module in service.interface()]
        if name not in modules:
            known = [*(engine.value for engine in Engine), *modules]
            raise UsageError(
                f"--vs: no engine or module '{escape_line(name)}'{suggestion(name, known)} "
                f"(there are: {', '.join(map(escape_line, known))})"
            )
        other = replace(call, module=name)
    if len(words) > 1:
        other = replace(other, function=words[1])
    if len(words) > 2:
        arguments, parameters = _json_values(words[2])
        other = replace(other, arguments=arguments, call_parameters=parameters)
    if other == call:
        raise UsageError(f"--vs: '{escape_line(text)}' is the first call itself; expected another")
    return other


def _json_values(text: str) -> tuple[str, str | None]:
    """The arguments and the call parameters, if there are any, to the letter."""
    end = value_end(text, 0)
    arguments, rest = text[:end], text[end:].strip()
    if not rest:
        return arguments, None
    end = value_end(rest, 0)
    if rest[end:].strip():
        raise UsageError(f"--vs: nothing more can stand at `{escape_line(rest[end:].strip())}`")
    return arguments, rest[:end]
