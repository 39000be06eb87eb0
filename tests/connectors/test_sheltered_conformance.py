"""Every kind keeps its promises also behind breaker and cache, as the gateway puts it. A new kind is here by itself."""

import importlib
import inspect
from collections.abc import Iterator

import pytest

from connectors.backends import BoundedMemory
from connectors.caching import CachingSource
from connectors.clock import SystemClock
from connectors.options import BreakerOptions
from connectors.registry import KINDS
from connectors.resilience import GuardedSource
from connectors.vault import Vault
from tests.connectors.conformance import Bench, Conformance


class Sheltered:
    """Puts what stands on the bench behind breaker and cache."""

    @pytest.fixture(autouse=True)
    def _sheltered(self, bench: Bench) -> None:
        clock = SystemClock()
        # An answer about another person opens the breaker for half a minute, and one test of the suite is that a
        # source that has healed answers at once.
        guarded = GuardedSource(bench.source, BreakerOptions(wrong_person="count"), clock=clock)
        vault = Vault(BoundedMemory(10_000_000), secret=b"s" * 32, clock=clock)
        bench.source = CachingSource(guarded, 60, vault)


def _runs() -> Iterator[type[Conformance]]:
    """The runs of the suite by every kind that is registered."""
    for kind in KINDS:
        module = importlib.import_module(f"tests.connectors.{kind}.test_conformance")
        found = [run for _, run in inspect.getmembers(module, inspect.isclass) if run.__module__ == module.__name__]
        runs = [run for run in found if issubclass(run, Conformance) and run.__name__.startswith("Test")]
        assert runs, f"{kind} does not run the suite"
        yield from runs


for _run in _runs():
    globals()[f"{_run.__name__}Sheltered"] = type(f"{_run.__name__}Sheltered", (Sheltered, _run), {})
