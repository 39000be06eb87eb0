"""What every request counts, as cheaply as it can be counted: numbers in a dict, written as metrics when asked for.

The library's own metrics take a lock, and look three times whether they may be counted, for each number. All of this
happens in one thread.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Totals(Collector):
    """How often something happened, by labels."""

    def __init__(self, name: str, told: str, labels: Sequence[str], *, registry: CollectorRegistry) -> None:
        self._name, self._told, self._labels = name, told, labels
        self._counts: dict[tuple[str | int, ...], int] = {}
        registry.register(self)

    def add(self, *labels: str | int) -> None:
        """It happened once more."""
        self._counts[labels] = self._counts.get(labels, 0) + 1

    def collect(self) -> Iterable[Metric]:
        """Every label with its number."""
        family = CounterMetricFamily(self._name, self._told, labels=self._labels)
        for labels, count in self._counts.items():
            family.add_metric([str(label) for label in labels], count)
        yield family


class Durations(Collector):
    """How long something took, by labels: how often it was within each of some bounds."""

    def __init__(
        self, name: str, told: str, labels: Sequence[str], *, bounds: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name, self._told, self._labels = name, told, labels
        self._bounds = bounds
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}
        registry.register(self)

    def add(self, seconds: float, *labels: str) -> None:
        """It took so long once more."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * (len(self._bounds) + 1)
            self._sums[labels] = 0.0
        counts[bisect_left(self._bounds, seconds)] += 1
        self._sums[labels] += seconds

    def collect(self) -> Iterable[Metric]:
        """Every label with how often it was within each bound."""
        family = HistogramMetricFamily(self._name, self._told, labels=self._labels)
        names = [*map(str, self._bounds), "+Inf"]
        for labels, counts in self._counts.items():
            within, buckets = 0, []
            for name, count in zip(names, counts, strict=True):
                within += count
                buckets.append((name, float(within)))
            family.add_metric(labels, buckets, self._sums[labels])
        yield family
