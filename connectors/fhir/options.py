"""What the block of a FHIR source may say."""

from typing import Literal

from connectors.options import Size, SourceOptions, require_address


class FhirOptions(SourceOptions, frozen=True, kw_only=True):
    """The options of every source, and those of the protocol. ``url`` is the FHIR base."""

    identifier_system: str | None = None
    """System under which the server's Patient carries the personal number. Needed unless ``patient_search`` is
    ``direct``."""
    patient_search: Literal["resolve", "direct"] = "resolve"
    """``resolve`` finds the Patient by number, checks the person, then searches by the Patient's id. ``direct`` gives
    the bare number to the parameter ``patient``, for servers that know people by it."""
    search: Literal["post", "get"] = "post"
    """``post`` keeps the number out of every URL. ``get`` is for servers without ``_search``: the number then stands
    in the server's own access log."""
    reference_parameter: Literal["patient", "subject"] | None = None
    """Search parameter of types that know both; some servers are quick with one of them only. By default ``patient``,
    unless the server says that it knows only the other."""
    include: tuple[str, ...] | None = None
    """``_include`` values such as ``Encounter:diagnosis`` or ``MedicationRequest:medication``. Saves the second call by
    which diagnoses and medicines behind a reference are fetched otherwise. By default those that the server says it
    knows."""
    capabilities: Literal["read", "ignore"] = "read"
    """Whether the server's CapabilityStatement counts: where an option above has no value, and for what an empty answer
    is worth. ``ignore`` is for servers whose statement is wrong."""
    elements: bool = False
    """Ask only for the elements that are read (``_elements``). Saves much where resources are large; some servers lose
    values over it. Not together with ``_include``."""
    batch: bool = False
    """Send the searches of one request that begin together as one Bundle of type batch. Saves calls; the searches then
    share their fate on the way."""
    facility_system: str | None = None
    """System under which the server's Organization carries the facility code. With it, the organisations that records
    point to are fetched for their code; without it, a place other than the source's own keeps the server's id."""
    lacks: tuple[str, ...] = ()
    """Resource types that the server does not have, such as ``MedicationDispense``, where its CapabilityStatement does
    not tell: a class that is asked by several types is asked by the others. Else their absence reads as a failure, and
    the list is never complete."""
    page_size: int = 100
    """Wanted entries per page (``_count``)."""
    max_pages: int = 20
    """Pages that are read; an answer with more is marked as truncated."""
    takes: tuple[Literal["Measurement", "Correction"], ...] = ()
    """What citizens may have recorded here: a measurement becomes an Observation, a wish for a correction a
    Communication. The server must find these by ``identifier``, and should honour
    conditional create (``If-None-Exist``): without that, two gateways that bring the same entry at the same moment have
    it recorded twice."""
    most_content: Size = Size(50 * 1024 * 1024)
    """Bytes of a document's content that are passed on."""
    own_url: str | None = None
    """The base by which the server calls itself in links and references, where a proxy stands before it."""

    def __post_init__(self) -> None:
        """Refuse what no server could be asked with."""
        if self.patient_search == "resolve" and not self.identifier_system:
            raise ValueError("identifier_system is needed to find a Patient by number")
        if self.takes and self.patient_search == "direct":
            raise ValueError("takes needs patient_search = 'resolve': an entry names the server's own Patient")
        if not 1 <= self.page_size <= 1000 or not 1 <= self.max_pages <= 1000:
            raise ValueError("page_size and max_pages are 1 to 1000")
        require_address("url", self.url)
        if self.own_url is not None:
            require_address("own_url", self.own_url)
