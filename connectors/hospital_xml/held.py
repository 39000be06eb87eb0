"""What the kind makes of dossiers: one line per class of record."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.hospital_xml.desk import Desk
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.mapping.findings import observations, reports
from connectors.hospital_xml.mapping.papers import appointments, documents, referrals
from connectors.hospital_xml.mapping.treatment import medications, procedures
from connectors.hospital_xml.mapping.visits import claims, encounters
from connectors.records import (
    Appointment,
    Claim,
    Document,
    Encounter,
    Medication,
    Observation,
    Procedure,
    Record,
    Referral,
    Report,
)

HELD: Mapping[type[Record], Callable[[Dossier, Desk[Any]], None]] = {
    Encounter: encounters,
    Claim: claims,
    Medication: medications,
    Procedure: procedures,
    Observation: observations,
    Report: reports,
    Referral: referrals,
    Appointment: appointments,
    Document: documents,
}
"""No ``Condition``: a diagnosis of a visit stands in the visit. It is no entry of a list of problems, also not where
the visit is one of a programme for the chronically ill: a programme ends without the dossiers saying so."""
