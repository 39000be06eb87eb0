"""Visits and stays."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, From, Listed, Record, connect
from resolvers.context import Info
from resolvers.document import Document
from resolvers.insurance import Claim
from resolvers.legal_state import DESCRIPTION, LegalStep
from resolvers.medication import Medication
from resolvers.observation import Observation
from resolvers.period import Since, Until
from resolvers.procedure import Procedure
from resolvers.report import Report
from resolvers.shown import shown
from resolvers.visit import Visit, beside

FacilityCode = Annotated[str | None, strawberry.argument(description="Only at the facility with this code.")]


@shown(Visit, also=(records.Encounter,))
class Encounter(Record):
    """One visit or stay. What its system does not link to it stands in the citizen's own lists alone."""

    claim: Claim | None = strawberry.field(
        description="The visit as the insurer holds it. None says 'not claimed' only where the list is complete."
    )
    legal_state: list[LegalStep] = strawberry.field(description=f"{DESCRIPTION} Its claim is asked for it.")
    medications: list[Medication] = strawberry.field(description="Medicines that its system links to it.")
    procedures: list[Procedure] = strawberry.field(description="Operations and procedures linked to it.")
    observations: list[Observation] = strawberry.field(description="Measurements and results linked to it.")
    reports: list[Report] = strawberry.field(description="Reports linked to it.")
    documents: list[Document] = strawberry.field(description="Documents linked to it.")


def encounters(
    root: strawberry.Parent[Chart],
    info: Info,
    since: Since = None,
    until: Until = None,
    facility: FacilityCode = None,
    sources: From = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Listed[records.Encounter]]:
    """Visits and stays, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Encounter, since=since, until=until),
        first=first,
        after=after,
        keep=None if facility is None else lambda visit: visit.facility.code == facility,
        sources=sources,
        facility=facility,
        beside=beside(info, root, since),
    )
