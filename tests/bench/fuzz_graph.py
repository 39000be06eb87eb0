"""Our own graph over false sources, whose records are made from their types and are often not as promised."""

import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct, structs

from connectors.clock import today
from connectors.contract import Answer, Deadline, Grant, Inquiry, Question
from connectors.errors import SourceError
from connectors.records import (
    RECORD_CLASSES,
    CodedText,
    Coding,
    PartialDate,
    Provenance,
    Record,
    Relation,
    SourceInfo,
    lasting,
)
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.consents import NothingAgreed
from resolvers.access.permit import Access
from resolvers.context import Context
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.language import LANGUAGES
from resolvers.locating import Directory
from resolvers.schema import build_schema
from resolvers.serving import LimitsOf, ServiceOf
from tests.resolvers.logs import NobodyLooked
from tests.resolvers.remembered import trusting
from tests.resolvers.world import NOW, info
from tests.sandbox.eid.held_clock import HeldClock

ME = "079187000001"
CHILD = "079219000002"
_IDENTIFIERS = Identifiers(b"only for measurements, and of no worth elsewhere")
_WORDS = ("a", "Uốn ván", "E11", "E11.5", "final", "79001", "mmHg", "")
_CODES = (
    Coding(system="http://hl7.org/fhir/sid/icd-10", code="A35"),
    Coding(system="http://hl7.org/fhir/sid/icd-10", code="E11.5"),
    Coding(system="http://loinc.org", code="4548-4", display="HbA1c"),
    Coding(system="unknown", code="X"),
)
_SHARED = tuple(CodedText(text=word, codings=_CODES[place:]) for place, word in enumerate(_WORDS[:4]))
"""Stand in many places, and in all answers."""
for _one in _SHARED:
    lasting.keep(_one)
_BAD = (None, 2**40, 1.5, "text", b"bytes", (), ValueError("as a value"), Decimal("NaN"))

ARGUMENTS: Mapping[str, Callable[[Random], Any]] = {
    "Int": lambda rng: rng.choice((1, 2, 5, 50)),
    "String": lambda rng: rng.choice(("79001", "x", "8480-6")),
    "Boolean": lambda rng: rng.random() < 0.5,
    "ID": lambda rng: rng.choice(("a", "b", _IDENTIFIERS.node_id(ME), _IDENTIFIERS.node_id(CHILD))),
    "CitizenId": lambda rng: rng.choice((ME, ME, CHILD, "079187998112")),
    "Date": lambda rng: rng.choice(("2020-01-01", "2026-11-01")),
    "DateTime": lambda rng: rng.choice(("2026-11-20T08:00:00+07:00", "2026-11-23T04:00:00Z")),
    "Decimal": lambda rng: rng.choice(("36.6", "120")),
    "_Any": lambda rng: {
        "__typename": rng.choice(("Citizen", "Citizen", "Nobody")),
        "id": _IDENTIFIERS.node_id(rng.choice((ME, CHILD))),
    },
    "PartialDate": lambda rng: rng.choice(("2020-04", "2021")),
}


class RandomSource:
    """Holds everything about everybody."""

    def __init__(self, key: str, seed: int, bad: float) -> None:
        self.info = info(key)
        self.holds = frozenset(RECORD_CLASSES)
        self.deadline = 2.0
        self._seed = seed
        self._bad = bad

    async def ask(self, question: Question[Any], grant: Grant, _inquiry: Inquiry) -> Answer[Any]:
        """The same for the same question, whoever asks first."""
        about: Any = question.about
        rng = Random(f"{self._seed} {self.info.id} {about.__name__} {grant.subject.ref}")  # noqa: S311 - chance
        if rng.random() < self._bad:
            raise SourceError("will not say")
        if about is Relation and self.info.id == "a":
            child = made(Relation, Random(1), 0.0)  # noqa: S311 - chance
            found: tuple[Any, ...] = (structs.replace(child, personal_id=CHILD, birth_date=PartialDate("2019-05-01")),)
        else:
            found = tuple(record(about, rng, self._bad / 10, self.info) for _ in range(rng.choice((0, 1, 3, 6))))
        return Answer(records=found, retrieved_at=NOW, truncated=rng.random() < self._bad)

    async def close(self) -> None:
        """Nothing to let go of."""


def record(about: type[Record], rng: Random, bad: float, source: SourceInfo) -> Record:
    """A record of that source."""
    number = str(rng.randrange(10**6))
    place = Provenance(source=source, retrieved_at=NOW, source_record_id=number, author=rng.choice((None, "BS. Mẫu")))
    found: Record = _struct(about, rng, bad)
    return structs.replace(found, id=f"{source.id}-{number}", provenance=(place,), conflicts=())


def made(kind: Any, rng: Random, bad: float) -> Any:  # noqa: PLR0911 - one for each sort of type
    """A value of that type, of which so many leaves are wrong: what is behind the door reads the rest itself."""
    origin = get_origin(kind)
    if origin is Annotated:
        return made(kind.__origin__, rng, bad)
    if origin is tuple:
        return tuple(made(get_args(kind)[0], rng, bad) for _ in range(rng.choice((0, 1, 1, 2))))
    if origin is not None and type(None) in get_args(kind) and rng.random() < 0.3:
        return None
    if origin in (Union, UnionType):
        return made(rng.choice([part for part in get_args(kind) if part is not type(None)]), rng, bad)
    if kind is CodedText:
        if rng.random() < 0.3:
            return rng.choice(_SHARED)
        return CodedText(text=rng.choice(_WORDS[:4]), codings=tuple(rng.sample(_CODES, rng.randrange(3))))
    if _is_struct(kind):
        return _struct(kind, rng, bad)
    return rng.choice(_BAD) if rng.random() < bad else _leaf(kind, rng)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _struct(kind: Any, rng: Random, bad: float) -> Any:
    if kind is SourceInfo:
        return info(rng.choice("ab"))
    given = {
        field.name: made(field.type, rng, bad) for field in structs.fields(kind) if field.required or rng.random() < 0.8
    }
    return kind(**given)


def _leaf(kind: Any, rng: Random) -> Any:  # noqa: PLR0911 - one for each sort of type
    if isinstance(kind, type) and issubclass(kind, Enum):
        return rng.choice(list(kind))
    if kind is PartialDate:
        return rng.choice(("2019", "2024-04", "2026-10-30", "2025-01-02"))
    if kind is datetime:
        return NOW - timedelta(days=rng.randrange(1000))
    if kind is date:
        return date(2026, 1, 1) - timedelta(days=rng.randrange(1000))
    if kind is Decimal:
        return Decimal(rng.choice(("1.50", "140", "0.1")))
    if kind is bool:
        return rng.random() < 0.5
    if kind is int:
        return rng.randrange(100)
    return rng.choice(_WORDS)


@asynccontextmanager
async def context(
    seed: int, bad: float, language: str, *, sources: Sequence[Any] | None = None
) -> typing.AsyncIterator[Context]:
    """One request of the citizen, with its door."""
    clock = HeldClock()
    inquiry = Inquiry(request_id="request-1", deadline=Deadline.after(5.0, clock), clock=clock)
    known: Any = sources or [RandomSource(key, seed, bad) for key in "ab"]
    federation = Federation(Directory(known), inquiry)
    caller = Caller(
        kind=CallerKind.CITIZEN,
        issuer="https://eid.example",
        subject="1",
        client_id="app",
        assurance=2,
        personal_id=ME,
        ref=_IDENTIFIERS.reference(ME),
        name="Mẫu Thị Một",
        birth_date=date(1987, 3, 1),
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    access = Access(
        caller,
        federation=federation,
        identifiers=_IDENTIFIERS,
        trust=NothingAgreed(),
        today=today(clock),
        required_assurance=2,
        acr_values=(),
    )
    bounds = LimitsOf(**{field.name: 1 for field in msgspec.structs.fields(LimitsOf)})
    try:
        yield Context(
            access=access,
            federation=federation,
            identifiers=_IDENTIFIERS,
            language=LANGUAGES[language],
            today=today(clock),
            service=ServiceOf(version="0", schema_hash="0", sdl="", languages=("vi", "en"), limits=bounds),
            trusting=trusting(caller),
            log=NobodyLooked(),
        )
    finally:
        await federation.finish()
        await inquiry.close()


SCHEMA = build_schema()
