"""What can go wrong with a source. Nothing else crosses the border.

    SourceError
    ├── Unavailable         no connection, TLS refused, 5xx, a technical business code
    │   └── Overloaded      429 or 503 that says when to come back
    │       └── Resting     not asked at all, because it failed too often a moment ago
    ├── TooSlow             no answer within the time that was left
    │   └── Crowded         not asked in time, because too many of our own calls were before this one
    ├── Denied              the source refuses this gateway: 401, 403
    │   └── Restricted      it has restricted our account: whoever goes on asking makes it worse
    ├── Rejected            the source read what it was given and does not take it: nothing was written
    ├── KeyReused           the key of an entry is taken by another entry of this citizen
    ├── Unconfirmed         an entry was sent and no confirmation came: it may stand there or not
    ├── Garbled             an answer that is not what the protocol promises, or beyond the size bound
    └── WrongPerson         an answer about somebody else
        └── Unmatched       the right number with a name or birth date that does not fit: one file, not the source

The text of an error is for the operator's log. It never holds what the source answered, an address, a citizen's
number or name: foreign exceptions are translated at the place where they are caught, with their class name only.
"""

from datetime import timedelta


class SourceError(Exception):
    """A source did not give a usable answer. ``code`` is the stable word for it."""

    code = "SOURCE_UNAVAILABLE"
    retryable = False


class Unavailable(SourceError):
    """The source cannot be reached or is broken."""

    retryable = True


class Overloaded(Unavailable):
    """The source asks for patience."""

    def __init__(self, reason: str, *, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Resting(Overloaded):
    """The source was not asked: this gateway gives it a rest after too many failures."""


class TooSlow(SourceError):
    """The time that was left ran out."""

    code = "GATEWAY_TIMEOUT"
    retryable = True


class Crowded(TooSlow):
    """The source was not asked: our own calls stand in a queue. Says nothing about the source."""


class Denied(SourceError):
    """The source refuses the gateway. Not the citizen's fault, and nothing the citizen can mend."""

    code = "SOURCE_DENIED"


class Restricted(Denied):
    """The source has restricted our account, for having asked too much. The account is to be left alone at once."""


class Rejected(SourceError):
    """The source read what it was given and does not take it. Nothing was written."""

    code = "SOURCE_REJECTED"


class KeyReused(Rejected):
    """The key was used before, with other content. Nothing was written now."""

    code = "IDEMPOTENCY_KEY_REUSED"


class Unconfirmed(SourceError):
    """An entry was sent and no usable confirmation came. Sending it again with the same key finds out, and is safe."""

    code = "WRITE_UNCONFIRMED"
    retryable = True


class Garbled(SourceError):
    """The answer breaks the protocol's promise: wrong type, broken syntax, wrong shape, too large."""

    code = "SOURCE_INVALID_RESPONSE"


class WrongPerson(SourceError):
    """The answer is about another person. Quarantined whole: never shown, never kept."""

    code = "WRONG_PATIENT"


class Unmatched(WrongPerson):
    """One file does not fit: the right number with another name or birth date. No sign that the source mixes people up.

    Withheld like every wrong person, but it says nothing against the source's answers about others.
    """
