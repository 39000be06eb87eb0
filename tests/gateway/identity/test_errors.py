"""Refusals: what a caller is told, and what not."""

import pytest

from gateway.identity import Fault, InvalidToken, IssuerUnavailable


def test_without_a_token_the_challenge_names_the_scheme_alone() -> None:
    """RFC 6750 section 3.1: no error code when no authentication was tried."""
    assert InvalidToken(Fault.MISSING, cause="c").challenge("graph") == 'Bearer realm="graph"'


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.MISSING])
def test_every_other_challenge_is_invalid_token_with_a_sentence_that_needs_no_quoting(fault: Fault) -> None:
    challenge = InvalidToken(fault, cause="c").challenge("graph")
    expected = f'Bearer realm="graph", error="invalid_token", error_description="{fault.value}"'
    assert challenge == expected
    assert fault.value.isascii()
    assert not set(fault.value) & set('"\\')


def test_the_cause_stays_out_of_the_text_of_the_error() -> None:
    assert "secret cause" not in f"{InvalidToken(Fault.EXPIRED, cause='secret cause')}"
    unavailable = IssuerUnavailable(cause="secret cause")
    assert "secret cause" not in str(unavailable)
    assert (unavailable.status, unavailable.code) == (503, "IDENTITY_UNAVAILABLE")
