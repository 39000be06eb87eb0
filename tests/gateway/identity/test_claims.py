"""Claims of a verified token become a caller."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.identity import ClaimNames, Fault, InvalidToken
from gateway.identity.claims import caller_of
from resolvers.access.caller import Caller, CallerKind
from tests.gateway.identity.forging import NOW, NUMBER, claims, settings_for

ISSUER = "http://issuer.test"


def caller(names: ClaimNames | None = None, **other: Any) -> Caller:
    return caller_of(claims(ISSUER, **other), settings_for(ISSUER, claims=names or ClaimNames()))


def test_a_citizen_is_read_in_full() -> None:
    assert caller() == Caller(
        kind=CallerKind.CITIZEN,
        issuer=ISSUER,
        subject="an",
        client_id="citizen-app",
        assurance=2,
        scopes=frozenset({"openid", "health.read"}),
        personal_id=NUMBER,
        name="Nguyễn Thị Mẫu Ân",
        birth_date=date(1975, 3, 2),
        authenticated_at=datetime.fromtimestamp(NOW - 5, UTC),
        expires_at=datetime.fromtimestamp(NOW + 600, UTC),
    )


def test_the_names_seen_at_the_national_sign_on_work_without_settings() -> None:
    read = caller(
        citizen_pid=None,
        name=None,
        birthdate=None,
        acr=None,
        SoDinhDanh=NUMBER,
        HoVaTen="MẪU VĂN BẢO",
        NgayThangNamSinh="19850709",
        loAs="LoA1",
    )
    assert (read.personal_id, read.name, read.birth_date, read.assurance) == (
        NUMBER,
        "MẪU VĂN BẢO",
        date(1985, 7, 9),
        1,
    )


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "hospital-a", "client_id": "hospital-a"},
        {"organisation": "79981"},
    ],
)
def test_without_a_citizens_number_a_client_or_a_named_organisation_is_an_organisation(other: dict[str, Any]) -> None:
    read = caller(citizen_pid=None, **other)
    assert read.kind is CallerKind.ORGANISATION
    assert read.personal_id is None


@pytest.mark.parametrize(
    "other",
    [
        {"citizen_pid": None},
        {"citizen_pid": None, "organisation": ""},
        {"citizen_pid": None, "organisation": {"name": "79981"}},
        {"sub": "citizen-app"},
        {"SoDinhDanh": "079085998002"},
        {"client_id": None},
        {"client_id": ""},
        {"client_id": 7},
        {"sub": None},
        {"sub": "two\nlines"},
        {"sub": "x" * 256},
    ],
)
def test_a_token_that_does_not_say_who_holds_it_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken) as caught:
        caller(**other)
    assert caught.value.fault is Fault.UNIDENTIFIED


@pytest.mark.parametrize(
    ("value", "level"),
    [("LoA2", 2), ("LoA1", 1), ("loa2", 0), ("LoA9", 0), ("", 0), (None, 0), (["LoA2"], 0), (2, 0), (True, 0)],
)
def test_an_unknown_assurance_is_the_lowest(value: Any, level: int) -> None:
    assert caller(acr=value).assurance == level


def test_an_unknown_assurance_is_not_made_up_for_by_the_next_claim() -> None:
    assert caller(acr="unknown", loAs="LoA2").assurance == 0


def test_a_numeric_assurance_is_read_as_its_text() -> None:
    settings = settings_for(ISSUER, assurance={"2": 2})
    assert caller_of(claims(ISSUER, acr=2), settings).assurance == 2


@pytest.mark.parametrize(
    ("value", "scopes"),
    [
        ("a b", {"a", "b"}),
        (" a  b ", {"a", "b"}),
        ("a\tb", {"a\tb"}),
        ("", set()),
        (None, set()),
        (["a"], set()),
        (7, set()),
        ({"a": 1}, set()),
    ],
)
def test_scopes_are_parted_by_spaces_and_nothing_else_gives_power(value: Any, scopes: set[str]) -> None:
    assert caller(scope=value).scopes == scopes


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1975-03-02", date(1975, 3, 2)),
        ("19750302", date(1975, 3, 2)),
        ("02/03/1975", date(1975, 3, 2)),
    ],
)
def test_birth_dates_are_read_in_each_listed_format(text: str, read: date) -> None:
    assert caller(birthdate=text).birth_date == read


@pytest.mark.parametrize(
    "text", ["1975", "1975-02-30", "1975-3-2", "00000000", "\uff11\uff19\uff17\uff15-03-02", 19750302, ["x"]]
)
def test_an_unreadable_birth_date_is_none_with_a_warning_that_does_not_show_it(text: Any) -> None:
    with capture_logs() as events:
        assert caller(birthdate=text).birth_date is None
    expected = {"event": "identity.birth_date_unreadable", "issuer": ISSUER, "log_level": "warning"}
    assert events == [expected]


def test_a_format_that_is_not_listed_is_not_read() -> None:
    names = ClaimNames(birth_date_formats=("yyyyMMdd",))
    assert caller(names, birthdate="1975-03-02").birth_date is None


def test_a_missing_birth_date_is_no_reason_to_warn() -> None:
    with capture_logs() as events:
        assert caller(birthdate=None).birth_date is None
    assert events == []


def test_a_decomposed_name_is_composed() -> None:
    assert caller(name="Nguye\u0302\u0303n Ma\u0302\u0303u").name == "Nguyễn Mẫu"


@pytest.mark.parametrize("value", ["", "  ", "x" * 201, "two\nlines", "\u202edrowssap", 7, None, ["x"]])
def test_a_name_that_cannot_be_shown_is_none(value: Any) -> None:
    assert caller(name=value).name is None


@pytest.mark.parametrize("value", ["now", -1, True, 1.5, 10**18, None])
def test_an_unusable_time_of_sign_in_is_unknown(value: Any) -> None:
    assert caller(auth_time=value).authenticated_at is None


def test_the_text_of_a_caller_shows_nothing_of_the_person() -> None:
    shown = f"{caller()!r} {caller()}"
    assert not [secret for secret in (NUMBER, "Mẫu", "1975") if secret in shown]
