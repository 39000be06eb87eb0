"""The kinds there are. A new kind is one line here."""

from typing import Any, Protocol

import httpx

from connectors.clock import Clock
from connectors.contract import Source
from connectors.fhir.client import FhirSource
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.immunization_book.client import ImmunizationBookSource
from connectors.options import SourceOptions
from connectors.population.client import PopulationSource
from connectors.records import Record
from connectors.reports import MappingReport
from connectors.rest.client import RestSource
from connectors.vss.client import VssSource


class Kind(Protocol):
    """Code that speaks one protocol: makes a source from the options of its block."""

    options: type[Any]
    """The Struct of its options, derived from ``SourceOptions``."""

    can_hold: frozenset[type[Record]]
    """Classes of record that it knows how to ask for."""

    def reports(self, options: Any, document: bytes) -> tuple[MappingReport, ...]:
        """What becomes of every field of a document (see ``mapping_reports``)."""

    def __call__(
        self,
        key: str,
        options: Any,
        *,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Source:
        """A source that has not spoken yet."""


KINDS: dict[str, Kind] = {
    "fhir": FhirSource,
    "hospital_xml": HospitalXmlSource,
    "immunization_book": ImmunizationBookSource,
    "population": PopulationSource,
    "rest": RestSource,
    "vss": VssSource,
}
"""By the name that ``sources.toml`` uses."""


def mapping_reports(options: SourceOptions, document: bytes) -> tuple[MappingReport, ...]:
    """What becomes of every field of a document that a source sent: read, not understood, or left alone by decision.

    Names of fields and counts, never a value. One report per answer, or per dossier where a document holds several.

    Args:
        options: the block of the source; its kind decides how the document is read.
        document: one answer as the source sends it.

    Raises:
        Garbled: it is no document of that kind.
    """
    return KINDS[options.kind].reports(options, document)


__all__ = ["KINDS", "Kind", "SourceOptions", "mapping_reports"]
