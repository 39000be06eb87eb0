"""``/metrics``: what is counted, and what is true at the moment of asking, in the words of Prometheus or OpenMetrics.

Labels are ids of sources, names of classes and words of ours. So their number is bounded by the configuration, and
none of them can be about a citizen.
"""

import platform
from collections.abc import Callable, Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from connectors.activity import Activity
from connectors.contract import Source
from connectors.records import SourceHealth
from gateway.operations.plans.tally import Tally
from gateway.store.pointers import Coverage
from gateway.version import VERSION
from gateway.watch import Watch

_NOW = (
    ("questions", "questions_in_flight", "Questions to a source that are being answered."),
    ("calls", "calls_in_flight", "Calls to a source in flight."),
    ("waiting", "calls_waiting", "Calls to a source that wait for their turn."),
)
_SO_FAR = (
    ("repeated", "calls_repeated", "Calls to a source that were made again."),
    ("crowded", "calls_crowded", "Calls that were given up before their turn came."),
    ("remembered", "questions_remembered", "Questions that were answered without asking the source."),
)
"""Field of an activity, name of the metric, and what it says."""


class Metrics:
    """Writes the metrics of one gateway."""

    def __init__(
        self,
        watch: Watch,
        *,
        plans: Tally,
        activities: Callable[[], Sequence[tuple[Source, Activity]]],
        coverage: Callable[[], Sequence[Coverage]],
        lateness: Callable[[float], float],
    ) -> None:
        """Put the parts together.

        Args:
            watch: what was counted.
            plans: what was counted of compiled operations.
            activities: the sources as they are configured now, each with what goes on.
            coverage: how far the pointers of every source go.
            lateness: how late this process was at worst in the last so many seconds.
        """
        self._registry = watch.registry
        self._registry.register(_Present(watch, plans, activities, coverage, lateness))

    def written(self, accept: str) -> tuple[bytes, str]:
        """All of them, in the format that is accepted, and its media type."""
        encoder, media_type = choose_encoder(accept)
        return encoder(self._registry), media_type


class _Present(Collector):
    """What is read off at the moment of asking."""

    def __init__(
        self,
        watch: Watch,
        plans: Tally,
        activities: Callable[[], Sequence[tuple[Source, Activity]]],
        coverage: Callable[[], Sequence[Coverage]],
        lateness: Callable[[float], float],
    ) -> None:
        self._watch = watch
        self._plans = plans
        self._activities = activities
        self._coverage = coverage
        self._lateness = lateness

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names are ours alone."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Every family once."""
        yield InfoMetricFamily(
            "citizen_graph_build",
            "What runs.",
            {"version": VERSION, "python": platform.python_version()},
        )
        lag = GaugeMetricFamily("citizen_graph_loop_lag_seconds", "Worst lateness of the event loop in 15 seconds.")
        lag.add_metric([], self._lateness(15.0))
        yield lag
        yield from self._sources(self._activities())
        deviations = CounterMetricFamily(
            "citizen_graph_source_deviations",
            "What a source did otherwise than it promises.",
            labels=["source", "class", "kind"],
        )
        for labels, count in self._watch.deviations.items():
            deviations.add_metric(labels, count)
        yield deviations
        yield from self._pointers(self._coverage())
        yield from self._compiled()

    def _sources(self, activities: Sequence[tuple[Source, Activity]]) -> Iterable[Metric]:
        for names, family in ((_NOW, GaugeMetricFamily), (_SO_FAR, CounterMetricFamily)):
            for field, name, told in names:
                metric = family(f"citizen_graph_source_{name}", told, labels=["source"])
                for source, activity in activities:
                    metric.add_metric([source.info.id], getattr(activity, field))
                yield metric
        resting = GaugeMetricFamily(
            "citizen_graph_source_resting",
            "1 where a class of record is given a rest, or is asked for on trial only.",
            labels=["source", "class"],
        )
        failing = GaugeMetricFamily(
            "citizen_graph_source_failing", "1 where the last question was not answered.", labels=["source"]
        )
        for source, _ in activities:
            failing.add_metric([source.info.id], source.info.health is SourceHealth.FAILING)
            for name in sorted(about.__name__ for about in source.holds):
                resting.add_metric([source.info.id, name], name in source.info.resting)
        yield resting
        yield failing

    def _compiled(self) -> Iterable[Metric]:
        on = GaugeMetricFamily(
            "citizen_graph_plans", "1 for how operations are executed: on, off or verify.", labels=["state"]
        )
        on.add_metric([self._plans.mode], 1)
        yield on
        yield GaugeMetricFamily(
            "citizen_graph_plans_fields", "Compiled fields that are remembered.", value=self._plans.fields
        )
        yield CounterMetricFamily(
            "citizen_graph_plans_given_up",
            "Values that the library completed because they were not what their types promise.",
            value=self._plans.given_up,
        )
        yield CounterMetricFamily(
            "citizen_graph_plans_differences",
            "Values that the library completed otherwise than the compiled operation, where both are asked.",
            value=self._plans.differences,
        )

    def _pointers(self, coverage: Sequence[Coverage]) -> Iterable[Metric]:
        answered = CounterMetricFamily(
            "citizen_graph_pointers_answered",
            "Answers with records from sources that send pointers.",
            labels=["source", "class"],
        )
        pointed = CounterMetricFamily(
            "citizen_graph_pointers_pointed", "Those of which a pointer had told.", labels=["source", "class"]
        )
        for known in coverage:
            answered.add_metric([known.source, known.about], known.answered)
            pointed.add_metric([known.source, known.about], known.pointed)
        yield answered
        yield pointed
