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
from connectors.rest.client import RestSource
from connectors.vss.client import VssSource


class Kind(Protocol):
    """Code that speaks one protocol: makes a source from the options of its block."""

    options: type[Any]
    """The Struct of its options, derived from ``SourceOptions``."""

    can_hold: frozenset[type[Record]]
    """Classes of record that it knows how to ask for."""

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

__all__ = ["KINDS", "Kind", "SourceOptions"]
