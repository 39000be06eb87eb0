"""Who asks, what the citizen said about them, and an office that decides: a world for tests of access."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from connectors.contract import Purpose
from connectors.records import Demographics, PartialDate, Provenance, Record, Relation, Sex, SourceKind
from resolvers.access.caller import Caller, CallerKind, Professional
from resolvers.access.consents import Consent, ConsentEffect, Emergency, Extent, Grantee, TrustUnavailable
from resolvers.access.permit import Access
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.locating import Directory
from tests.resolvers.world import NOW, FalseSource, info, inquiry

HOSPITAL, OTHER_HOSPITAL, INSURER, STATION = "79001", "79002", "insurer-a", "79901"
DOCTOR, OTHER_DOCTOR = Professional(id="CCHN-1", name="Mẫu Bác Sĩ"), Professional(id="CCHN-2")
CITIZEN, STRANGER = "079187998112", "079187998199"
IDENTIFIERS = Identifiers(b"k" * 32)
REF = IDENTIFIERS.reference(CITIZEN)
TODAY = date(2026, 11, 23)


def caller(kind: CallerKind, purpose: Purpose | None, **other: Any) -> Caller:
    """A partner, as its token proves it; named professionals where there are some."""
    organisation = {CallerKind.INSURER: INSURER, CallerKind.HEALTH_STATION: STATION}.get(kind, HOSPITAL)
    known: dict[str, Any] = {
        "kind": kind,
        "issuer": "https://partners.example",
        "subject": "s",
        "client_id": "c",
        "assurance": 0,
        "organisation": organisation,
        "professional": None if kind is CallerKind.INSURER else DOCTOR,
        "purpose": purpose,
        "expires_at": NOW,
    }
    return Caller(**{**known, **other})


def consent(effect: ConsentEffect = ConsentEffect.PERMIT, **other: Any) -> Consent:
    """A consent of the citizen to the hospital, for treatment, of everything."""
    known: dict[str, Any] = {
        "id": "c1",
        "effect": effect,
        "grantee": Grantee(organisation=HOSPITAL),
        "purposes": frozenset({Purpose.TREATMENT}),
        "extent": Extent(),
        "granted_by": REF,
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=1),
    }
    return Consent(**{**known, **other})


def emergency(**other: Any) -> Emergency:
    """One that the doctor declared."""
    known: dict[str, Any] = {
        "id": "e1",
        "organisation": HOSPITAL,
        "professional": DOCTOR.id,
        "opened_at": NOW - timedelta(minutes=1),
        "until": NOW + timedelta(hours=1),
    }
    return Emergency(**{**known, **other})


class FalseTrust:
    """What citizens said, as a test makes it up."""

    def __init__(self, *consents: Consent, emergencies: Sequence[Emergency] = (), ref: str = REF) -> None:
        self.said, self.declared, self.ref = consents, emergencies, ref
        self.down = False
        self.reads: list[str] = []

    async def consents(self, ref: str) -> Sequence[Consent]:
        """Those of the one citizen."""
        self.reads.append(ref)
        if self.down:
            raise TrustUnavailable
        return self.said if ref == self.ref else ()

    async def emergencies(self, ref: str) -> Sequence[Emergency]:
        """Those about the one citizen."""
        if self.down:
            raise TrustUnavailable
        return self.declared if ref == self.ref else ()


def person(**other: Any) -> Demographics:
    """The citizen, as the population register knows them."""
    place = Provenance(source=register_info(), retrieved_at=NOW, source_record_id="1")
    known: dict[str, Any] = {
        "id": "1",
        "provenance": (place,),
        "full_name": "Trần Thị Mẫu",
        "birth_date": PartialDate("1987-05-06"),
        "sex": Sex.FEMALE,
    }
    return Demographics(**{**known, **other})


def register_info() -> Any:
    """How the population register is shown."""
    shown = info("register")
    shown.kind = SourceKind.POPULATION_REGISTER
    return shown


class Office:
    """An office with its sources."""

    def __init__(self, who: Caller, trust: FalseTrust, **says: Any) -> None:
        held: dict[type[Record], Any] = {Relation: [], Demographics: [person()], **says.get("register", {})}
        self.register = FalseSource("register", held, kind=SourceKind.POPULATION_REGISTER)
        self.hospital = FalseSource("hospital", says.get("hospital", {}), facility=HOSPITAL)
        self.federation = Federation(Directory([self.register, self.hospital, *says.get("sources", [])]), inquiry())
        self.access = Access(
            who,
            federation=self.federation,
            identifiers=IDENTIFIERS,
            trust=trust,
            today=TODAY,
            required_assurance=2,
            acr_values=("LoA2",),
        )
