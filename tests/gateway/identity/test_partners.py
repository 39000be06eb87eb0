"""Partners: whose client holds a token, in which role it asks, and what its tokens must say. Attack 33 with them."""

from typing import Any

import httpx
import msgspec
import pytest

from connectors.contract import Purpose
from gateway.identity import ClaimNames, Fault, InvalidToken, Lack, NotEntitled, Partner, Partners, Verifier
from gateway.identity.claims import caller_of
from resolvers.access.caller import Caller, CallerKind, Professional
from tests.gateway.identity.forging import NUMBER, claims, compact, ec, header, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.sandbox.eid.held_clock import HeldClock

ISSUER = "http://issuer.test"
USUAL: dict[str, Any] = {
    "name": "Bệnh viện Mẫu A",
    "role": "clinician",
    "clients": ["clinic"],
    "purposes": ["TREATMENT"],
}


def partner(**other: Any) -> Partner:
    return msgspec.convert({**USUAL, **other}, Partner)


def registry(**other: Any) -> Partners:
    return Partners({"bv-mau-a": partner(**other)}, issuers=[ISSUER])


def of_partner(**other: Any) -> dict[str, Any]:
    """Claims of a partner's client; those given as ``None`` are left out."""
    usual = {
        "sub": "clinic",
        "client_id": "clinic",
        "citizen_pid": None,
        "purpose_of_use": "TREAT",
        "professional_id": "000123/MAU-CCHN",
        "professional_name": "BS. Lê Thị Mẫu Hoa",
    }
    return claims(ISSUER, **{**usual, **other})


def caller(partners: Partners | None = None, names: ClaimNames | None = None, **other: Any) -> Caller:
    return caller_of(of_partner(**other), settings_for(ISSUER, claims=names or ClaimNames()), partners or registry())


def test_a_partners_token_is_its_professionals_who_acts_for_a_purpose() -> None:
    read = caller()
    assert (read.kind, read.organisation, read.purpose) == (CallerKind.CLINICIAN, "bv-mau-a", Purpose.TREATMENT)
    assert read.professional == Professional(id="000123/MAU-CCHN", name="BS. Lê Thị Mẫu Hoa")
    assert read.personal_id is None
    assert "000123" not in f"{read!r} {read.professional!r}" and "Mẫu" not in f"{read!r} {read.professional!r}"


@pytest.mark.parametrize(
    ("role", "purpose", "code"),
    [
        ("clinician", "EMERGENCY", "ETREAT"),
        ("health_station", "PUBLIC_HEALTH", "PUBHLTH"),
        ("insurer", "PAYMENT", "HPAYMT"),
        ("operator", "ADMINISTRATION", "HSYSADMIN"),
    ],
)
def test_each_role_comes_from_the_registry(role: str, purpose: str, code: str) -> None:
    read = caller(registry(role=role, purposes=[purpose]), purpose_of_use=code)
    assert (read.kind.value, read.purpose) == (role, Purpose[purpose])


def test_a_facility_is_known_by_its_code_and_called_by_its_name() -> None:
    partners = registry(facility="79981")
    assert caller(partners).organisation == "79981"
    assert partners.names == {"79981": "Bệnh viện Mẫu A"}


def test_what_a_token_says_of_its_organisation_is_not_believed() -> None:
    assert caller(organisation="79982").organisation == "bv-mau-a"
    stranger = caller_of(claims(ISSUER, citizen_pid=None, organisation="79982"), settings_for(ISSUER), registry())
    assert (stranger.kind, stranger.organisation) == (CallerKind.ORGANISATION, None)


@pytest.mark.parametrize("value", ["TREAT", ["TREAT"], {"code": "TREAT"}, [{"system": "urn:x", "code": "TREAT"}]])
def test_a_purpose_may_be_written_as_text_or_coding(value: Any) -> None:
    assert caller(purpose_of_use=value).purpose is Purpose.TREATMENT


def test_the_names_of_claims_and_the_codes_of_purposes_are_configuration() -> None:
    names = ClaimNames(purpose=("why",), professional=("sub",), professional_name=("who",))
    settings = settings_for(ISSUER, claims=names, purposes={"kham-benh": Purpose.TREATMENT})
    read = caller_of(of_partner(sub="nv-7", who="Mẫu", why="kham-benh"), settings, registry())
    assert (read.purpose, read.professional) == (Purpose.TREATMENT, Professional(id="nv-7", name="Mẫu"))


@pytest.mark.parametrize(
    "value",
    [None, "", "treat", "TREAT ", "HPAYMT", "PATRQT", "SELF", [], ["TREAT", "ETREAT"], ["TREAT", "TREAT"], {}, 7, True],
)
def test_a33_a_partner_without_a_purpose_that_was_agreed_is_refused(value: Any) -> None:
    with pytest.raises(NotEntitled) as caught:
        caller(purpose_of_use=value)
    assert (caught.value.lack, caught.value.status, caught.value.code) == (Lack.PURPOSE, 403, "FORBIDDEN")
    assert 'error="insufficient_scope"' in dict(caught.value.headers("r"))["WWW-Authenticate"]


@pytest.mark.parametrize("role", ["clinician", "health_station", "operator"])
@pytest.mark.parametrize("who", [None, "clinic"])
def test_a33_a_partner_who_names_nobody_is_refused(role: str, who: str | None) -> None:
    """The client itself is nobody, also where the settings take the name from ``sub``."""
    purpose = {"operator": "ADMINISTRATION"}.get(role, "TREATMENT")
    partners = registry(role=role, purposes=[purpose])
    with pytest.raises(NotEntitled) as caught:
        caller(partners, professional_id=who, purpose_of_use={"ADMINISTRATION": "HSYSADMIN"}.get(purpose, "TREAT"))
    assert caught.value.lack is Lack.PROFESSIONAL


def test_an_insurers_system_may_ask_without_a_name() -> None:
    read = caller(registry(role="insurer", purposes=["PAYMENT"]), purpose_of_use="HPAYMT", professional_id=None)
    assert (read.kind, read.professional) == (CallerKind.INSURER, None)


def test_a33_a_partners_system_that_says_neither_why_nor_who_acts_for_no_person() -> None:
    read = caller(purpose_of_use=None, professional_id=None)
    assert (read.kind, read.purpose, read.organisation) == (CallerKind.ORGANISATION, None, "bv-mau-a")


@pytest.mark.parametrize("who", ["", 7, ["x"], "two\nlines", "x" * 256])
def test_a_professional_of_no_usable_name_is_refused(who: Any) -> None:
    with pytest.raises(InvalidToken):
        caller(professional_id=who)


def test_a_partners_token_with_a_citizens_number_is_refused() -> None:
    """It could be read as that citizen's own."""
    with pytest.raises(InvalidToken) as caught:
        caller(citizen_pid=NUMBER)
    assert caught.value.fault is Fault.UNIDENTIFIED


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("clients", []),
        ("clients", [""]),
        ("purposes", []),
        ("purposes", ["PAYMENT"]),
        ("purposes", ["SELF"]),
        ("algorithms", []),
        ("algorithms", ["RS256"]),
    ],
)
def test_a90_a_bad_setting_of_a_partner_is_refused_by_name(setting: str, value: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"^{setting} "):
        partner(**{setting: value})


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"clients": ["clinic"]}, "partners.b.clients names a client of another partner"),
        ({"clients": ["other"], "facility": "79981"}, "partners.b.facility is another partner's, too"),
        ({"clients": ["other"], "issuer": "http://stranger.test"}, "partners.b.issuer is none of"),
    ],
)
def test_a90_two_partners_can_be_told_apart(second: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Partners({"a": partner(facility="79981"), "b": partner(**second)}, issuers=[ISSUER])


def test_a_client_of_that_name_at_another_issuer_is_nobodys() -> None:
    assert registry().of("http://another.test", "clinic") is None


async def test_a_partner_signs_with_what_was_agreed_and_is_bound(
    lasting_issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """Though its issuer's other tokens may do otherwise."""
    where = lasting_issuer.address
    body = {**of_partner(), "iss": where}
    by_curve = compact(header("k-ec", "ES256"), body, key=ec("k-ec"), sign="ES256")

    async def judged(token: bytes, **other: Any) -> Caller:
        partners = Partners({"a": partner(**other)}, issuers=[where])
        verifier = Verifier([settings_for(where)], http=http, clock=clock, partners=partners)
        return await verifier.verify([b"Bearer " + token])

    assert (await judged(by_curve, bound="none")).kind is CallerKind.CLINICIAN
    for bound in ("dpop", "mtls", "either"):
        with pytest.raises(InvalidToken) as caught:
            await judged(by_curve, bound=bound)
        assert caught.value.fault is Fault.UNBOUND
    with pytest.raises(InvalidToken) as caught:
        await judged(compact(header(), body), bound="none")
    assert caught.value.fault is Fault.UNTRUSTED
