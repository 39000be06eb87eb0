"""How a search is worded: by what the options say, and where they are silent by what the server says of itself."""

from functools import lru_cache
from typing import Any

from msgspec import Struct, structs

from connectors.addresses import Fields, encoded, encoded_value
from connectors.contract import Question
from connectors.errors import Garbled
from connectors.fhir.capabilities import Offer, Offers
from connectors.fhir.held import HELD, Held, slice_of
from connectors.fhir.options import FhirOptions
from connectors.records import Record

_CHOICES = (
    *("Age", "Attachment", "Boolean", "CodeableConcept", "Date", "DateTime", "Duration", "Instant", "Integer"),
    *("Period", "PositiveInt", "Quantity", "Range", "Ratio", "Reference", "SampledData", "String", "Time"),
)
"""Types that end the name of one form of a ``value[x]``."""


class Wording(Struct, frozen=True):
    """How the records of a type are searched for, whomever they are about: put into words once for all questions."""

    reference: str
    """The parameter that names the Patients, up to its value."""
    kind: str
    """What stands before each of their ids."""
    rest: str
    """What follows the value."""
    by_elements: bool
    """Whether only the elements that are read are asked for."""

    def query(self, ids: tuple[str, ...], wire: type[Struct], slice_: Fields) -> str:
        """The query string that asks for the records of these Patients.

        Args:
            ids: of the Patients; a personal number where the server takes one for it.
            wire: Struct of what is read of the resources.
            slice_: parameters of the slice that is wanted.
        """
        if self.kind or len(ids) > 1:
            whose = ",".join([self.kind + id_ for id_ in ids])
        else:
            (whose,) = ids
        query = f"{self.reference}{encoded_value(whose)}{self.rest}"
        if slice_:
            query += f"&{encoded(slice_)}"
        return query + _elements(wire) if self.by_elements else query


def wording(held: Held, options: FhirOptions, offers: Offers | None) -> Wording:
    """The words of a source.

    Args:
        held: how the class is asked for.
        options: of the source.
        offers: what the server says it can do, if that is known.
    """
    offer = offers.types.get(held.type) if offers else None
    reference, included = _reference_parameter(held, options, offer), _included(held, options, offer)
    return Wording(
        reference=f"{reference}=",
        kind="Patient/" if reference == "subject" else "",
        rest="&" + encoded({"_include": included, "_count": str(options.page_size)}),
        # Some servers cut what is included down to the same elements.
        by_elements=options.elements and not included,
    )


def slice_asked(question: Question[Record], held: Held, offers: Offers | None) -> Fields:
    """The parameters of the slice that is wanted, as far as the server knows them.

    A slice only saves work, and some servers answer a parameter that they do not know with nothing.
    """
    offer = offers.types.get(held.type) if offers else None
    return {name: value for name, value in slice_of(question, held).items() if offer is None or offer.knows(name)}


def types_of(about: type[Record], options: FhirOptions, offers: Offers | None) -> tuple[Held, ...]:
    """The types by which a class is asked for: those that the server has.

    Where it says that it knows some types of the class, it has those. Where it names none of them it is asked for all:
    then it is not the statement that decides that there is nothing.
    """
    types = HELD[about]
    if options.lacks:
        types = tuple(held for held in types if held.type not in options.lacks)
    if offers is None:
        return types
    stated = tuple(held for held in types if held.type in offers.types)
    return stated or types


def require_offered(offers: Offers | None, type_: str, *names: str) -> None:
    """Refuse to take nothing for an answer where the server does not say that it knows the question.

    Args:
        offers: what the server says it can do, if that is known.
        type_: that was searched and gave nothing.
        names: search parameters, one of which must be known.

    Raises:
        Garbled: it does not say so.
    """
    if offers is None:
        return
    offer = offers.types.get(type_)
    if offer is None or not any(offer.knows(name) for name in names):
        raise Garbled("nothing of a type, or by a parameter, that the server does not say it knows")


@lru_cache(maxsize=512)
def _elements(wire: type[Struct]) -> str:
    """What asks for the elements that are read of a resource."""
    return "&" + encoded({"_elements": elements_of(wire)})


def elements_of(wire: type[Any]) -> str:
    """The elements that are read of a resource, for ``_elements``.

    Of a choice both names stand there: ``onset``, as R4 wants it, and ``onsetDateTime``, for servers that go by the
    names in the JSON. A name that a server does not know has no meaning to it.
    """
    names = {field.encode_name: None for field in structs.fields(wire) if field.encode_name != "resourceType"}
    for name in list(names):
        names |= {name.removesuffix(form): None for form in _CHOICES if name.endswith(form) and name != form}
    return ",".join(names)


def _reference_parameter(held: Held, options: FhirOptions, offer: Offer | None) -> str:
    """``patient`` is defined for every type; some servers know ``subject`` only."""
    if not held.has_subject:
        return "patient"
    if options.reference_parameter is not None:
        return options.reference_parameter
    only_subject = offer is not None and not offer.knows("patient") and offer.knows("subject")
    return "subject" if only_subject else "patient"


def _included(held: Held, options: FhirOptions, offer: Offer | None) -> list[str]:
    if options.include is not None:
        return [pair for pair in options.include if pair.startswith(f"{held.type}:")]
    if offer is None or options.elements:
        return []
    return [pair for pair in held.includes if pair in offer.includes]
