"""Who asks: an access token becomes one ``Caller`` here, and nothing else in the gateway reads raw claims."""

from gateway.identity.errors import Fault, IdentityError, InvalidToken, IssuerUnavailable, Lack, NotEntitled
from gateway.identity.fetching import open_client
from gateway.identity.partners import Partner, Partners
from gateway.identity.settings import ClaimNames, IssuerSettings
from gateway.identity.tokens import Verifier

__all__ = [
    "ClaimNames",
    "Fault",
    "IdentityError",
    "InvalidToken",
    "IssuerSettings",
    "IssuerUnavailable",
    "Lack",
    "NotEntitled",
    "Partner",
    "Partners",
    "Verifier",
    "open_client",
]
