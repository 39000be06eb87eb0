"""What the portal's business code (``maKetQua``) means for a question. HTTP says 200 to all of them.

Source: appendix 03 of letter 1923/BHXH-CNTT; 204, 400 and 500 are of the operation for co-payments. A wrong name, a
wrong name with the right first letter and a wrong birth date have three codes, from which a name can be guessed letter
by letter: they all become the same error.
"""

from enum import Enum, auto

from connectors.errors import Denied, Garbled, Restricted, SourceError, Unavailable, Unmatched

TOKEN_TAKEN = "200"  # noqa: S105 - the code for it
CO_PAYMENTS_FOUND, NO_CO_PAYMENTS = "200", "204"
UNAUTHENTICATED = "401"
REPLACED, REPLACED_SOON = "003", "004"


class Finding(Enum):
    """What the portal found out about the card."""

    USABLE = auto()
    EXPIRED = auto()
    REVOKED = auto()
    ENDED = auto()
    NO_CARD = auto()


_FINDINGS = {
    Finding.USABLE: ("000", "001", "002", REPLACED, REPLACED_SOON),
    Finding.EXPIRED: ("010",),
    Finding.REVOKED: ("110",),
    Finding.ENDED: ("120", "121", "122", "123", "124"),
    Finding.NO_CARD: ("050", "051", "052", "053", "130"),
}
_ERRORS: dict[tuple[type[SourceError], str], tuple[str, ...]] = {
    (Unmatched, "the portal knows this number with another name or birth date"): ("060", "061", "070"),
    (Denied, "the portal does not accept the named staff member"): ("054", "055"),
    (Denied, "the portal does not accept the account"): (UNAUTHENTICATED,),
    (Unavailable, "the portal reports a fault of its own"): ("100", "101"),
    (Garbled, "the portal did not understand the request"): ("205", "400"),
    # The portal says the same for a fault of its own. Were it one, a rest would do no harm.
    (Restricted, "the portal has restricted the account"): ("500",),
}
_FINDING_OF = {code: finding for finding, codes in _FINDINGS.items() for code in codes}
_ERROR_OF = {code: error for error, codes in _ERRORS.items() for code in codes}


def finding(code: str) -> Finding:
    """What the code says about the card.

    Raises:
        Unmatched: name or birth date do not fit the number.
        Denied: the account or the staff member is not accepted; ``Restricted`` where it asked for too much.
        Unavailable: a technical fault of the portal.
        Garbled: the request was not understood, or the code is unknown.
    """
    if found := _FINDING_OF.get(code):
        return found
    error, reason = _ERROR_OF.get(code, (Garbled, "unknown business code"))
    raise error(reason)
