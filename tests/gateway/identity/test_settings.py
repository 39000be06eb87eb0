"""Settings of an issuer: safe by default, and a bad one is named."""

from typing import Any

import msgspec
import pytest

from gateway.identity import ClaimNames, IssuerSettings

GOOD: dict[str, Any] = {
    "issuer": "https://e-id.example",
    "audiences": ["urn:gateway"],
    "assurance": {"LoA2": 2},
}


def made(**other: Any) -> IssuerSettings:
    # Durations are written as text in a file; how that is read is the business of connectors.options.
    return msgspec.convert({**GOOD, **other}, IssuerSettings, dec_hook=lambda kind, value: kind(value))


def test_defaults_take_public_key_signatures_and_access_tokens_only() -> None:
    settings = made()
    assert settings.algorithms == ("RS256", "PS256", "ES256")
    assert settings.token_types == ("at+jwt",)
    assert settings.weaknesses() == ()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("issuer", "http://e-id.example"),
        ("issuer", "e-id.example"),
        ("issuer", "https://"),
        ("issuer", "https://e-id.example?x=1"),
        ("issuer", "https://e-id.example#x"),
        ("issuer", "https://user@e-id.example"),
        ("issuer", "https://e-id.example:notaport"),
        ("issuer", "https://[broken"),
        ("issuer", "file:///etc/keys"),
        ("jwks_url", "http://e-id.example/jwks"),
        ("audiences", []),
        ("audiences", [""]),
        ("assurance", {}),
        ("assurance", {"LoA1": -1}),
        ("algorithms", []),
        ("algorithms", ["none"]),
        ("algorithms", ["RS256", "HS256"]),
        ("algorithms", ["rs256"]),
        ("algorithms", ["ES256K"]),
        ("token_types", []),
        ("token_types", ["application/at+jwt"]),
        ("refresh_unknown_kid_interval", 0),
        ("refresh_unknown_kid_interval", 3601),
        ("max_key_age", 10),
        ("max_key_age", 90_000),
        ("max_key_age_unreachable", 10),
        ("fetch_deadline", 0),
        ("fetch_deadline", float("nan")),
        ("leeway", -1),
        ("leeway", 301),
    ],
)
def test_a_bad_setting_is_refused_by_name(setting: str, value: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"^{setting} "):
        made(**{setting: value})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("citizen_id", []),
        ("citizen_id", [""]),
        ("assurance", []),
        ("assurance", ["acr", "iss"]),
        ("client_id", []),
        ("name", [""]),
        ("birth_date_formats", ["MM/dd/yyyy"]),
    ],
)
def test_a_bad_name_of_a_claim_is_refused_by_name(setting: str, value: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=rf"^claims\.{setting} "):
        made(claims={setting: value})


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="allow_everything"):
        made(allow_everything=True)
    with pytest.raises(msgspec.ValidationError, match="surname"):
        msgspec.convert({"surname": ["x"]}, ClaimNames)


def test_what_is_allowed_but_weak_is_listed() -> None:
    weak = made(issuer="http://127.0.0.1:9100", allow_http=True, token_types=["at+jwt", "JWT"])
    assert weak.weaknesses() == ("allow_http", "token_types")
