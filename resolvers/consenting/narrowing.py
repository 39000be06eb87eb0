"""Whether what a consent would say is no more than it says: narrowing can take away and never add."""

from datetime import datetime

from resolvers.access.consents import Extent, Grantee
from resolvers.consenting.book import Terms


def is_within(inner: Terms, outer: Terms) -> bool:
    """Whether ``inner`` allows nothing that ``outer`` did not allow."""
    return (
        inner.effect is outer.effect
        and _names_no_more(inner.grantee, outer.grantee)
        and inner.purposes <= outer.purposes
        and covers(outer.extent, inner.extent)
        and _ends_no_later(inner.valid_until, outer.valid_until)
        and inner.even_in_emergency == outer.even_in_emergency
    )


def covers(outer: Extent, inner: Extent) -> bool:
    """Whether every record of ``inner`` is one of ``outer``. What is left empty in an extent does not narrow it."""
    return (
        _fewer(inner.sections, outer.sections)
        and _fewer(inner.facilities, outer.facilities)
        # Special categories are included by name: an empty set holds none.
        and inner.sensitivities <= outer.sensitivities
        and (outer.since is None or (inner.since is not None and inner.since >= outer.since))
        and (outer.until is None or (inner.until is not None and inner.until <= outer.until))
        and (outer.record is None or inner.record == outer.record)
    )


def _names_no_more(inner: Grantee, outer: Grantee) -> bool:
    return (
        inner.organisation == outer.organisation
        and inner.representative == outer.representative
        and (outer.professional is None or inner.professional == outer.professional)
    )


def _fewer(inner: frozenset[object], outer: frozenset[object]) -> bool:
    return not outer or (bool(inner) and inner <= outer)


def _ends_no_later(inner: datetime | None, outer: datetime | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)
