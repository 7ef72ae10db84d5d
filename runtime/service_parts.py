"""The parts of a service, and how they hang together."""

from runtime.adapters.engines import Engine
from runtime.call_state import CallState
from runtime.calls import Calls
from runtime.config.model import ServiceConfig
from runtime.engine.interruption import Interruption
from runtime.engine.store import ServiceStore
from runtime.exclusive_use import ExclusiveUse
from runtime.frozen_dataclass import frozen_dataclass
from runtime.fusion import Fusion
from runtime.loaded_modules import LoadedModules
from runtime.loading import Loading, Output, Progress
from runtime.observation import Observation
from runtime.reloading import Reloading
from runtime.renewal import Renewal
from runtime.surroundings import Surroundings


@frozen_dataclass
class ServiceParts:
    """What one service is made of.

    Attributes:
        loaded: its modules.
        store: where their instances live.
        use: whose turn it is.
        fusion: the engine of the moment.
        calls: makes the calls.
        observation: whether calls are traced.
        loading: loads and unloads modules.
        reloading: loads them anew when their files change.
    """

    loaded: LoadedModules
    store: ServiceStore
    use: ExclusiveUse
    fusion: Fusion
    calls: Calls
    observation: Observation
    loading: Loading
    reloading: Reloading


def service_parts(
    config: ServiceConfig,
    surroundings: Surroundings,
    *,
    engine: Engine,
    timeout: float | None,
    output: Output,
    interruption: Interruption | None,
    progress: Progress | None,
) -> ServiceParts:
    """The parts of a service without modules as yet.

    Args:
        config: the service's.
        surroundings: what its modules see.
        engine: what runs the adapters.
        timeout: seconds that a call may take, or None.
        output: where the modules' stdout and stderr go.
        interruption: stops calls and loads; one of its own by default.
        progress: is told what loading begins.

    Raises:
        ConfigError: what a module shall see cannot be had.
    """
    store = ServiceStore(
        memory_limit=config.total_memory_limit,
        wasi={each.name: surroundings.wasi_settings(each) for each in config.modules},
        interruption=interruption,
    )
    loaded = LoadedModules()
    call_state = CallState()
    use = ExclusiveUse(store.interruption.request)
    fusion = Fusion(store, call_state, engine)
    calls = Calls(loaded, store, use, fusion, timeout=timeout)
    renewal = Renewal(store, call_state, fusion)
    observation = Observation()
    loading = Loading(
        loaded,
        store,
        surroundings=surroundings,
        call_state=call_state,
        calls=calls,
        fusion=fusion,
        renewal=renewal,
        observation=observation,
        output=output,
        progress=progress,
    )
    reloading = Reloading(loading, loaded, call_state=call_state, calls=calls, renewal=renewal)
    return ServiceParts(loaded, store, use, fusion, calls, observation, loading, reloading)
