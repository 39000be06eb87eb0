"""Who judges tokens, by the settings: the service and the command line alike."""

from connectors.clock import Clock
from gateway.identity.fetching import Http
from gateway.identity.possession import Possession
from gateway.identity.tokens import Verifier
from gateway.metadata import metadata_address
from gateway.settings import Settings, identifiers_of, partners_of


def verifier_of(settings: Settings, *, http: Http, clock: Clock) -> Verifier:
    """The judge; it connects to nothing before the first token."""
    authentication = settings.authentication
    possession = Possession(
        clock=clock,
        address=settings.server.address,
        secret=settings.identifier_key.reveal().encode(),
        settings=authentication.dpop,
    )
    return Verifier(
        authentication.issuers,
        http=http,
        clock=clock,
        partners=partners_of(settings),
        possession=possession,
        remembering=authentication.remembering,
        metadata=metadata_address(settings),
        reference=identifiers_of(settings).reference,
    )
