from contextlib import closing

from mrepl.warm_up import WarmUp
from runtime import Engine


def test_the_warm_up_runs_on_the_engine_of_the_call_that_follows() -> None:
    with closing(WarmUp()) as warm_up:
        for engine in (Engine.INTERP, Engine.FUSED, Engine.INTERP):
            warm_up.run(engine)
            assert warm_up._service is not None
            assert warm_up._service.engine is engine
