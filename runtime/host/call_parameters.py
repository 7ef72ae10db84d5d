"""The parameters of a call that modules read with `get_call_parameters`, in its four versions.

Version 0 belongs to the namespace `host`, 1 to 3 to `__marine_host_api_v1` to `…_v3`. Source of the
shapes: spec marine-runtime.md, "Host imports".
"""

from collections.abc import Callable
from dataclasses import fields

from runtime.errors import ArgumentsError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.function import HOST_NAMESPACES, HostFunction
from runtime.host.json_object import JsonObject
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.json_values.checking import Checking
from runtime.json_values.problems import Problems
from runtime.json_values.value_types import PythonValue


@frozen_dataclass
class Particle:
    """The particle (a script under way in the network) that a call belongs to.

    Attributes:
        id: its id.
        init_peer_id: the peer that sent it.
        timestamp: when it was sent, a u64; Fluence counts milliseconds since 1970.
        ttl: how long it lives from then on, a u32, in the timestamp's unit.
        script: what it runs.
        signature: its sender's signature.
        token: its token.
    """

    id: str = ""
    init_peer_id: str = ""
    timestamp: int = 0
    ttl: int = 0
    script: str = ""
    signature: bytes = b""
    token: str = ""


@frozen_dataclass
class Tetraplet:
    """Where an argument came from.

    Attributes:
        peer_pk: the peer that computed it.
        service_id: the service there.
        function_name: the function there.
        lens: the path into that function's result; called `json_path` in versions 0 and 1,
            `lambda` in version 2.
    """

    peer_pk: str = ""
    service_id: str = ""
    function_name: str = ""
    lens: str = ""


@frozen_dataclass
class CallParameters:
    """All that any version's `get_call_parameters` tells; what is left out is empty.

    Attributes:
        particle: the particle; versions 0 and 1 show only `id` (as `particle_id`) and
            `init_peer_id`.
        service_id: the service that is called.
        service_creator_peer_id: the peer that created it.
        host_id: the peer it runs on.
        worker_id: the worker it runs on; not in version 0.
        tetraplets: for each argument, where its parts came from.
    """

    particle: Particle = Particle()
    service_id: str = ""
    service_creator_peer_id: str = ""
    host_id: str = ""
    worker_id: str = ""
    tetraplets: tuple[tuple[Tetraplet, ...], ...] = ()


_ALL_EMPTY = CallParameters()

VERSIONS = range(len(HOST_NAMESPACES))
"""The versions of `get_call_parameters`: 0 to 3."""


def call_parameters_type(version: int) -> RecordType:
    """The record that `get_call_parameters` gives in a version (0 to 3): always the same object."""
    return _TYPES[version]


def call_parameters_value(parameters: CallParameters, version: int) -> InterfaceValue:
    """The call parameters as a value of `call_parameters_type(version)`."""
    particle = parameters.particle
    service: tuple[InterfaceValue, ...] = (
        parameters.service_id,
        parameters.service_creator_peer_id,
        parameters.host_id,
    )
    tetraplets: list[InterfaceValue] = [
        [
            (origin.peer_pk, origin.service_id, origin.function_name, origin.lens)
            for origin in origins
        ]
        for origins in parameters.tetraplets
    ]
    if version == 0:
        return (particle.init_peer_id, *service, particle.id, tetraplets)
    if version == 1:
        return (
            particle.init_peer_id,
            *service,
            parameters.worker_id,
            particle.id,
            tetraplets,
        )
    return (
        (
            particle.id,
            particle.init_peer_id,
            particle.timestamp,
            particle.ttl,
            particle.script,
            particle.signature,
            particle.token,
        ),
        *service,
        parameters.worker_id,
        tetraplets,
    )


def call_parameters_from_json(value: PythonValue) -> CallParameters:
    """Read call parameters in the shape of any version.

    Args:
        value: an object, flat as in versions 0 and 1 or with a `particle` as in 2 and 3, whose
            absent fields are empty; or null, for parameters that are all empty; or what this has
            given before. A field's value is converted as an argument of its type is.

    Raises:
        ArgumentsError: for all that is wrong at once, with paths such as
            `call_parameters.particle.ttl`.
    """
    if value is None:
        return _ALL_EMPTY
    if isinstance(value, CallParameters):
        return value
    problems = Problems()
    checking = Checking(problems, from_json=True)
    top = JsonObject(value, "call_parameters", _FIELD_NAMES, checking)
    for flat_name in _FLAT_PARTICLE_NAMES:
        if flat_name in top and "particle" in top:
            top.note(flat_name, "cannot stand beside `particle`, which holds it")
    parameters = CallParameters(
        particle=_read_particle(top),
        service_id=top.text("service_id"),
        service_creator_peer_id=top.text("service_creator_peer_id"),
        host_id=top.text("host_id"),
        worker_id=top.text("worker_id"),
        tetraplets=tuple(
            tuple(_read_tetraplet(origin) for origin in origins)
            for origins in top.object_lists("tetraplets", _TETRAPLET_NAMES)
        ),
    )
    if problems.count:
        raise _error(problems)
    return parameters


def _error(problems: Problems) -> ArgumentsError:
    lines = ["call parameters do not fit", *problems.lines()]
    return ArgumentsError("\n  ".join(lines), problems=tuple(problems.kept))


def _read_particle(top: JsonObject) -> Particle:
    if "particle" not in top:
        return Particle(id=top.text("particle_id"), init_peer_id=top.text("init_peer_id"))
    particle = top.child("particle", _PARTICLE_NAMES)
    return Particle(
        id=particle.text("id"),
        init_peer_id=particle.text("init_peer_id"),
        timestamp=particle.integer("timestamp", Scalar.U64),
        ttl=particle.integer("ttl", Scalar.U32),
        script=particle.text("script"),
        signature=particle.octets("signature"),
        token=particle.text("token"),
    )


def _read_tetraplet(tetraplet: JsonObject) -> Tetraplet:
    given = [name for name in _LENS_NAMES if name in tetraplet]
    for name in given[1:]:
        tetraplet.note(name, f"cannot stand beside `{given[0]}`: they name the same field")
    return Tetraplet(
        peer_pk=tetraplet.text("peer_pk"),
        service_id=tetraplet.text("service_id"),
        function_name=tetraplet.text("function_name"),
        lens=tetraplet.text(given[0] if given else "lens"),
    )


def call_parameters_functions(
    current: Callable[[], CallParameters],
) -> tuple[HostFunction, ...]:
    """The host functions `get_call_parameters() -> record`, one a version, each in its namespace.

    Args:
        current: gives the parameters of the call under way.
    """
    return tuple(_call_parameters_function(version, current) for version in VERSIONS)


def _call_parameters_function(version: int, current: Callable[[], CallParameters]) -> HostFunction:
    return HostFunction(
        name="get_call_parameters",
        parameters=(),
        result=call_parameters_type(version),
        implementation=lambda: call_parameters_value(current(), version),
        namespaces=(HOST_NAMESPACES[version],),
    )


_LENS_NAMES = ("lens", "lambda", "json_path")
_TETRAPLET_NAMES = ("peer_pk", "service_id", "function_name", *_LENS_NAMES)
_FLAT_PARTICLE_NAMES = ("init_peer_id", "particle_id")
_PARTICLE_NAMES = tuple(field.name for field in fields(Particle))
_FIELD_NAMES = (*(field.name for field in fields(CallParameters)), *_FLAT_PARTICLE_NAMES)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Scalar.STRING) for name in names)


def _tetraplets(path_name: str) -> Field:
    tetraplet: InterfaceType = RecordType(
        "SecurityTetraplet", _texts("peer_pk", "service_id", "function_name", path_name)
    )
    return Field("tetraplets", ArrayType(ArrayType(tetraplet)))


def _record_types() -> tuple[RecordType, ...]:
    particle = RecordType(
        "ParticleParameters",
        (
            *_texts("id", "init_peer_id"),
            Field("timestamp", Scalar.U64),
            Field("ttl", Scalar.U32),
            *_texts("script"),
            Field("signature", Scalar.BYTE_ARRAY),
            *_texts("token"),
        ),
    )
    service = _texts("service_id", "service_creator_peer_id", "host_id")
    fields_by_version = (
        (
            *_texts("init_peer_id"),
            *service,
            *_texts("particle_id"),
            _tetraplets("json_path"),
        ),
        (
            *_texts("init_peer_id"),
            *service,
            *_texts("worker_id", "particle_id"),
            _tetraplets("json_path"),
        ),
        (
            Field("particle", particle),
            *service,
            *_texts("worker_id"),
            _tetraplets("lambda"),
        ),
        (
            Field("particle", particle),
            *service,
            *_texts("worker_id"),
            _tetraplets("lens"),
        ),
    )
    return tuple(RecordType("CallParameters", fields) for fields in fields_by_version)


_TYPES = _record_types()
