"""Doses of which only what matters to a forecast is said."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from connectors.records import CodedText, Coding, Immunization, PartialDate
from resolvers.forecast import schedule
from resolvers.forecast.dose import Dose, read
from resolvers.forecast.engine import Known, State, forecast
from resolvers.forecast.vaccines import CVX
from tests.resolvers.joining.facts import told

BORN = date(2025, 1, 31)
TODAY = date(2026, 11, 23)
FIVE, BCG, HEPATITIS_B, MEASLES, MR, JAPANESE, ROTA, TD = "198", "19", "08", "05", "04", "129", "122", "139"


def record(on: str, cvx: str | None = None, *, text: str = "Vắc xin", number: str = "1", **more: Any) -> Immunization:
    """A vaccination of that CVX code."""
    codings = (Coding(system=CVX, code=cvx),) if cvx else ()
    return Immunization(
        **told("register", number),
        vaccine=CodedText(text=text, codings=codings),
        on=PartialDate(on),
        **{"status": "completed", **more},
    )


def given(*doses: tuple[str, str]) -> list[Dose]:
    """Doses by CVX code and day."""
    return doses_of(record(on, cvx, number=str(place)) for place, (cvx, on) in enumerate(doses))


def doses_of(records: Iterable[Immunization]) -> list[Dose]:
    return [dose for one in records if (dose := read(one))]


def state(
    antigen: str,
    doses: Sequence[Dose],
    today: date = TODAY,
    *,
    born: date | None = BORN,
    complete: bool = True,
    deceased: bool = False,
) -> State:
    """How that series stands."""
    known = Known(born=born, today=today, complete=complete, deceased=deceased)
    return next(one for one in forecast(schedule.on(today), doses, known) if one.antigen == antigen)
