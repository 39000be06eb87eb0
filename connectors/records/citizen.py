"""Who a citizen is, and whom the register names as family."""

from datetime import date
from typing import Annotated

from msgspec import Struct

from connectors.records.base import Described, PartialDate, Record, doc


class Sex(Described):
    """Administrative sex, as registered."""

    MALE = "male", "Nam."
    FEMALE = "female", "Nữ."
    OTHER = "other", "Neither, as the source recorded it."
    UNKNOWN = "unknown", "The source does not say."


class Address(Struct, frozen=True, kw_only=True, gc=False):
    """A postal address; since July 2025 there is no district level."""

    text: Annotated[str, doc("The whole address in one line.")]
    line: Annotated[str | None, doc("House and street.")] = None
    ward: Annotated[str | None, doc("Ward, commune or special zone: name or code as the source wrote it.")] = None
    province: Annotated[str | None, doc("Province or city, by name.")] = None
    province_code: Annotated[str | None, doc("Two-digit code; read it with the date of the record.")] = None


class Demographics(Record, frozen=True, kw_only=True):
    """Who the citizen is, as the population register holds it (NĐ 70/2024)."""

    full_name: Annotated[str, doc("Name as registered.")]
    birth_date: Annotated[PartialDate, doc("Date of birth, as exactly as it is known.")]
    sex: Annotated[Sex, doc("Administrative sex.")]
    nationality: Annotated[str | None, doc("Country code.")] = None
    ethnicity: Annotated[str | None, doc("Ethnic group, code of QĐ 121/1979.")] = None
    occupation: Annotated[str | None, doc("Occupation as registered.")] = None
    blood_type: Annotated[str | None, doc("Blood group as registered; not a laboratory result.")] = None
    permanent_address: Annotated[Address | None, doc("Where the citizen is registered (thường trú).")] = None
    current_address: Annotated[Address | None, doc("Where the citizen lives now (nơi ở hiện tại).")] = None
    phone: Annotated[str | None, doc("Telephone number.")] = None
    deceased: Annotated[bool, doc("Whether the source knows that the citizen has died.")] = False


class RepresentationBasis(Described):
    """Why somebody may act for a citizen."""

    PARENT = "PARENT", "Father or mother of a minor (Bộ luật Dân sự 2015, Đ136)."
    GUARDIAN = "GUARDIAN", "Guardian of a minor or of an adult who cannot act (giám hộ)."
    COURT_APPOINTED = "COURT_APPOINTED", "Appointed by a court."
    AUTHORISED_BY_CITIZEN = "AUTHORISED_BY_CITIZEN", "Authorised by the citizen."


class RepresentationScope(Described):
    """How much of a record a representative may see (Luật 15/2023/QH15 Đ69 k4)."""

    FULL = "FULL", "All that the law lets a representative see."
    SUMMARY = "SUMMARY", "The summary alone."


class Right(Record, frozen=True, kw_only=True):
    """The register's word that one person represents another. Judged at query time, never before."""

    birth_date: PartialDate
    """Of the person who is represented: a parent's right ends with it."""
    basis: RepresentationBasis
    valid_from: date | None = None
    valid_until: date | None = None
    scope: RepresentationScope = RepresentationScope.FULL
    barred: bool = False
    """A court took this right away (parental rights restricted)."""
    barred_from: date | None = None
    """First day of the court's order, where the register says so."""
    barred_until: date | None = None
    """Last day of the court's order; none where it holds until another one."""
    deceased: bool = False
    """Whether the represented person has died."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.basis.name}, barred={self.barred})"


class Relation(Right, frozen=True, kw_only=True):
    """The register's word that the citizen represents another person."""

    personal_id: str
    full_name: str
    """Of the person who is represented."""


class Representative(Right, frozen=True, kw_only=True):
    """The register's word that another person represents the citizen. It names them and opens nothing."""

    full_name: str
    """Of the person who represents."""
