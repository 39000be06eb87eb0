"""Refusals: what a caller is told, and what not."""

import pytest

from gateway.identity import Fault, InvalidToken, IssuerUnavailable


def test_without_a_token_the_challenges_name_the_schemes_alone() -> None:
    """RFC 6750 section 3.1: no error code when no authentication was tried."""
    challenges = InvalidToken(Fault.MISSING, cause="c").challenges("graph")
    assert challenges == ['Bearer realm="graph"', 'DPoP realm="graph", algs="ES256 PS256"']


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in {Fault.MISSING, Fault.PROOF, Fault.NONCE}])
@pytest.mark.parametrize(("scheme", "more"), [("Bearer", ""), ("DPoP", ', algs="ES256 PS256"')])
def test_every_other_challenge_is_invalid_token_with_a_sentence_that_needs_no_quoting(
    fault: Fault, scheme: str, more: str
) -> None:
    refused = InvalidToken(fault, cause="c")
    refused.scheme = scheme
    expected = f'{scheme} realm="graph", error="invalid_token", error_description="{fault.value}"{more}'
    assert refused.headers("graph") == [("WWW-Authenticate", expected)]
    assert fault.value.isascii()
    assert not set(fault.value) & set('"\\')


@pytest.mark.parametrize(("fault", "error"), [(Fault.PROOF, "invalid_dpop_proof"), (Fault.NONCE, "use_dpop_nonce")])
def test_what_is_wrong_with_a_proof_is_told_by_the_scheme_of_proofs(fault: Fault, error: str) -> None:
    """RFC 9449 sections 7.1 and 9, also where the token was shown as a bearer token."""
    refused = InvalidToken(fault, cause="c")
    assert refused.challenges("graph")[0].startswith(f'DPoP realm="graph", error="{error}"')


def test_a_challenge_names_where_the_service_describes_itself() -> None:
    """RFC 9728 section 5.1."""
    refused = InvalidToken(Fault.EXPIRED, cause="c")
    refused.metadata = "https://graph.example/.well-known/oauth-protected-resource"
    assert refused.challenges("r")[0].endswith(f', resource_metadata="{refused.metadata}"')


def test_the_cause_stays_out_of_the_text_of_the_error() -> None:
    assert "secret cause" not in f"{InvalidToken(Fault.EXPIRED, cause='secret cause')}"
    unavailable = IssuerUnavailable(cause="secret cause")
    assert "secret cause" not in str(unavailable)
    assert (unavailable.status, unavailable.code) == (503, "IDENTITY_UNAVAILABLE")
