"""Services share what they can share."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import wasmtime

from runtime.engine import engines

_THREADS = 4


def test_services_that_are_first_made_in_several_threads_share_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_make_one = threading.Barrier(_THREADS, timeout=60)
    make = engines._compiling_engine

    def meet_and_make(config: wasmtime.Config) -> wasmtime.Engine:
        all_make_one.wait()
        return make(config)

    monkeypatch.setattr(engines, "_engines", {})
    monkeypatch.setattr(engines, "_compiling_engine", meet_and_make)
    with ThreadPoolExecutor(_THREADS) as threads:
        made = [threads.submit(engines.shared_engine) for _ in range(_THREADS)]
    first, *others = (each.result() for each in made)
    assert all(each is first for each in others)
    assert engines.shared_engine() is first
