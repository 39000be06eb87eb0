"""The sandbox city's e-ID: a small OpenID provider for invented people, with the real protocol and no passwords."""

from tests.sandbox.eid.eid import Eid, eid_app
from tests.sandbox.eid.holder import Holder
from tests.sandbox.eid.model import AUDIENCE, LEVELS, Client, PersonLike, RandomBytes, city_clients
from tests.sandbox.eid.partners import PartnerClient, partner_clients
from tests.sandbox.eid.visitor import SignedIn

__all__ = [
    "AUDIENCE",
    "LEVELS",
    "Client",
    "Eid",
    "Holder",
    "PartnerClient",
    "PersonLike",
    "RandomBytes",
    "SignedIn",
    "city_clients",
    "eid_app",
    "partner_clients",
]
