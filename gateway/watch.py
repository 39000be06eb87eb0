"""What an operator wants to know of the requests that went by: counted, and the worst of it told at once.

Everything here is about sources, classes of record and our own words. Nothing is about a citizen, and nothing is a
text from outside: not the name of an operation, not a header, not a word of a source.
"""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

import structlog
from msgspec import Struct
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client import Counter as Total

from connectors.clock import Clock
from connectors.contract import Outcome
from connectors.errors import Unmatched, WrongPerson
from gateway.identity.errors import IdentityError
from gateway.tallies import Durations, Totals
from resolvers.deviations import Deviation, DeviationKind
from resolvers.noted import Fault

_MOST_INCIDENTS = 100
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


class Incident(Struct, frozen=True, kw_only=True):
    """A source answered about another person than it was asked about (F12). The answer was withheld."""

    at: datetime
    source: str
    classes: tuple[str, ...]
    kind: DeviationKind
    """``wrong_person``, or ``unmatched`` for one file with the right number and another name or birth date."""
    request_id: str


class Watch:
    """Counts what becomes of requests and questions, in one process and since it began."""

    def __init__(self, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self.incidents: deque[Incident] = deque(maxlen=_MOST_INCIDENTS)
        self.deviations: Counter[tuple[str, str, str]] = Counter()
        """By source, class of record and kind."""
        self.subscriptions = Gauge(
            "citizen_graph_subscriptions", "Subscriptions that are open.", registry=self.registry
        )
        self.sockets = Gauge(
            "citizen_graph_sockets", "Sockets for subscriptions that are open.", registry=self.registry
        )
        self._clock = clock
        self._requests = Totals(
            "citizen_graph_requests", "Requests by status.", ["endpoint", "status"], registry=self.registry
        )
        self._seconds = Durations(
            "citizen_graph_request_seconds",
            "Time to the end of an answer.",
            ["endpoint"],
            bounds=_SECONDS,
            registry=self.registry,
        )
        self._refused = Total(
            "citizen_graph_tokens_refused", "Requests whose caller was not known.", ["reason"], registry=self.registry
        )
        self._slowed = Total(
            "citizen_graph_requests_slowed",
            "Requests answered with 429, by what was counted.",
            ["by"],
            registry=self.registry,
        )
        self._free_text = Total(
            "citizen_graph_free_text", "Requests with a document that is not in the manifest.", registry=self.registry
        )
        self._uncounted = Total(
            "citizen_graph_rates_unshared",
            "Times that the shared counters of rates could not be had.",
            registry=self.registry,
        )
        self._questions = Totals(
            "citizen_graph_source_questions",
            "Questions to a source, by how it went.",
            ["source", "class", "state"],
            registry=self.registry,
        )
        self._source_seconds = Durations(
            "citizen_graph_source_seconds",
            "Time to a source's answer.",
            ["source", "class"],
            bounds=_SECONDS,
            registry=self.registry,
        )
        self._incidents = Total(
            "citizen_graph_incidents",
            "Requests in which a source answered about another person.",
            ["source", "kind"],
            registry=self.registry,
        )

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        """A request has ended."""
        self._requests.add(endpoint, status)
        self._seconds.add(seconds, endpoint)

    def refused(self, error: IdentityError) -> None:
        """A caller was not known."""
        self._refused.labels(error.reason.lower()).inc()

    def slowed(self, by: str) -> None:
        """A request came too soon after too many others."""
        self._slowed.labels(by).inc()

    def told_in_free_text(self) -> None:
        """A document came that is not in the manifest."""
        self._free_text.inc()

    def uncounted(self) -> None:
        """The Redis that several gateways count in was not to be had."""
        self._uncounted.inc()

    def asked(
        self, request_id: str, outcomes: Iterable[Outcome], deviations: Iterable[Deviation], faults: Iterable[Fault]
    ) -> None:
        """A request has done with the sources."""
        self._count(outcomes, deviations)
        self._tell(request_id, faults)

    def differed(self, field: str) -> None:
        """A compiled operation had another value at that field of the schema than the library."""
        structlog.get_logger().error("alert", alert="plan_differs", field=field)

    def deviations_by_source(self) -> dict[str, dict[str, dict[str, int]]]:
        """The counted deviations, nested for reading."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for (source, about, kind), count in sorted(self.deviations.items()):
            found.setdefault(source, {}).setdefault(about, {})[kind] = count
        return found

    def _count(self, outcomes: Iterable[Outcome], deviations: Iterable[Deviation]) -> None:
        for outcome in outcomes:
            source, about = outcome.source.id, outcome.about.__name__
            self._questions.add(source, about, outcome.state._value_)
            if outcome.elapsed_ms is not None:
                self._source_seconds.add(outcome.elapsed_ms / 1000, source, about)
        for deviation in deviations:
            self.deviations[deviation.source, deviation.about.__name__, deviation.kind.value] += deviation.count

    def _tell(self, request_id: str, faults: Iterable[Fault]) -> None:
        """One line and one incident per source and request, however many classes of record it was asked for."""
        mixed: dict[tuple[str, DeviationKind], list[str]] = {}
        for fault in faults:
            if isinstance(fault.error, WrongPerson):
                kind = DeviationKind.UNMATCHED if isinstance(fault.error, Unmatched) else DeviationKind.WRONG_PERSON
                mixed.setdefault((fault.source, kind), []).append(fault.about)
        for (source, kind), classes in mixed.items():
            incident = Incident(
                at=self._clock.now(), source=source, classes=tuple(classes), kind=kind, request_id=request_id
            )
            self.incidents.append(incident)
            self._incidents.labels(source, kind.value).inc()
            structlog.get_logger().error(
                "alert", alert=kind.value, source=source, classes=list(classes), request_id=request_id
            )
