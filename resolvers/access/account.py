"""What one request does about whom, noted as it happens: the access log is written from it.

The permit office notes who was opened and who was refused, the door notes every question. Nobody else has to remember
anything. What the gateway takes from here is durable before a byte of the answer leaves.
"""

from collections.abc import Mapping

from msgspec import Struct, field

from connectors.contract import Basis, Grant, Purpose
from connectors.records import Record
from connectors.writing import Mandate
from resolvers.access.entry import AccessAction
from resolvers.chart import Chart
from resolvers.refusals import Forbidden
from resolvers.sections import SECTION_OF, Section

_FORBIDDEN = Forbidden.code
_READ = AccessAction.READ


class Line(Struct, kw_only=True):
    """What was done about one citizen since the account was last taken."""

    ref: str
    purpose: Purpose | None = None
    basis: Basis | None = None
    actions: set[AccessAction] = field(default_factory=set)
    sections: set[Section] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    refused: str | None = None
    """Code of the refusal."""
    reason: str | None = None
    """Of an emergency."""

    def __repr__(self) -> str:
        return f"Line({self.ref[:8]})"


class Account:
    """The account of one request."""

    def __init__(self) -> None:
        self.sentence: Mapping[str, str] | None = None
        """What the operation does in plain words, by language; set by whoever knows it as a trusted document."""
        self._lines: dict[tuple[str, str | None], Line] = {}
        self._denied: dict[type[Record], Chart] = {}

    def opened(self, chart: Chart) -> None:
        """A record was opened for the caller."""
        standing = chart.standing
        self._line(chart.subject.ref, standing.purpose, standing.basis).actions.add(AccessAction.OPEN)

    def did(self, chart: Chart, action: AccessAction, *, reason: str | None = None) -> None:
        """Something else was done with an opened record."""
        line = self._line(chart.subject.ref, chart.purpose, chart.basis)
        line.actions.add(action)
        line.reason = reason or line.reason

    def told(self, chart: Chart, about: type[Record]) -> None:
        """The caller is told that something of that class changed."""
        line = self._line(chart.subject.ref, chart.purpose, chart.basis)
        line.actions.add(AccessAction.TELL)
        line.sections.add(SECTION_OF[about])

    def asked(self, grant: Grant, about: type[Record]) -> None:
        """A question is put, whether or not a source can be asked."""
        subject = grant.subject
        line = self._lines.get((subject.ref, None)) or self._line(subject.ref, grant.purpose, grant.basis)
        line.actions.add(_READ)
        line.sections.add(SECTION_OF[about])

    def sent(self, grant: Grant, source: str) -> None:
        """A source is told the citizen's number."""
        subject = grant.subject
        line = self._lines.get((subject.ref, None)) or self._line(subject.ref, grant.purpose, grant.basis)
        line.sources.add(source)

    def wrote(self, mandate: Mandate, source: str) -> None:
        """A source is given something to record."""
        line = self._line(mandate.subject.ref, mandate.purpose, mandate.basis)
        line.actions.add(AccessAction.WRITE)
        line.sources.add(source)

    def refused(self, ref: str, code: str) -> None:
        """Somebody who asked for that citizen was refused."""
        self._line(ref, None, None, code).actions.add(AccessAction.OPEN)

    def refused_in(self, chart: Chart, code: str, action: AccessAction, *sections: Section) -> None:
        """Something was refused to whom the record is open."""
        line = self._line(chart.subject.ref, chart.purpose, chart.basis, code)
        line.actions.add(action)
        line.sections.update(sections)

    def denied(self, chart: Chart, about: type[Record]) -> None:
        """There is no grant for that class; whether it is asked for all the same is seen next."""
        self._denied[about] = chart

    def withheld(self, about: type[Record]) -> None:
        """That class is asked for without a grant: the citizen sees who wanted it, and did not get it."""
        chart = self._denied.pop(about, None)
        if chart is not None:
            self.refused_in(chart, _FORBIDDEN, AccessAction.READ, SECTION_OF[about])

    def declared(self, ref: str, *, reason: str | None = None, refused: str | None = None) -> None:
        """An emergency was declared about that citizen, or somebody was refused who wanted to."""
        line = self._line(ref, Purpose.EMERGENCY, None, refused)
        line.actions.add(AccessAction.EMERGENCY)
        line.reason = reason or line.reason

    def take(self) -> list[Line]:
        """What was noted since the last time, and is not noted any more."""
        lines, self._lines = list(self._lines.values()), {}
        return lines

    def _line(self, ref: str, purpose: Purpose | None, basis: Basis | None, refused: str | None = None) -> Line:
        line = self._lines.get((ref, refused))
        if line is None:
            line = Line(ref=ref, purpose=purpose, basis=basis, refused=refused)
            self._lines[ref, refused] = line
        return line
