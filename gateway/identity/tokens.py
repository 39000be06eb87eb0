"""What a request shows becomes a ``Caller``, or one refusal. RFC 6750, RFC 7519, RFC 9068, RFC 9449."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import httpx
import structlog
from joserfc.jws import JWSRegistry
from msgspec import Struct, structs

from connectors.clock import Clock
from gateway.identity.claims import caller_of, client_of, is_moment
from gateway.identity.credentials import credentials_of
from gateway.identity.errors import Fault, IdentityError, InvalidToken
from gateway.identity.introspection import Introspector
from gateway.identity.keys import IssuerKeys
from gateway.identity.partners import NO_PARTNERS, Partners
from gateway.identity.possession import NOTHING, Binding, Possession, Shown, binding_of
from gateway.identity.settings import IssuerSettings, Remembering
from gateway.identity.signed import check_audience, check_signature, checked_header, is_signed, read_signed
from gateway.identity.verified import Verified, VerifiedTokens
from resolvers.access.caller import Caller

log = structlog.get_logger()


class _Trusted(Struct, frozen=True):
    """One issuer: how its tokens are judged and with which keys."""

    settings: IssuerSettings
    keys: IssuerKeys
    registry: JWSRegistry
    introspector: Introspector | None


class Verifier:
    """Judges access tokens of the configured issuers. Made once, used for every request."""

    def __init__(
        self,
        issuers: Iterable[IssuerSettings],
        *,
        http: httpx.AsyncClient,
        clock: Clock,
        partners: Partners = NO_PARTNERS,
        possession: Possession | None = None,
        remembering: Remembering | None = None,
        metadata: str | None = None,
        reference: Callable[[str], str] | None = None,
    ) -> None:
        """Trust these issuers.

        Args:
            issuers: each with its own algorithms, audiences and names of claims.
            http: fetches the keys; its certificates and connection pool are the maker's affair.
            clock: the wall clock judges tokens, the stop-watch the age of keys.
            partners: the organisations that are known.
            possession: judges whether a bound token is shown by its holder.
            remembering: how many tokens that were found good are remembered, and for how long.
            metadata: where this service describes itself (RFC 9728), for challenges.
            reference: makes the reference of a citizen's number; without it no record can be opened to a citizen.

        Raises:
            ValueError: an issuer is configured twice, or two could have the same opaque token.
        """
        self._clock = clock
        self._partners = partners
        self._possession = possession or Possession(clock=clock)
        self._metadata = metadata
        self._reference = reference
        bounds = remembering or Remembering()
        self._verified = VerifiedTokens(clock, most=bounds.most, longest=bounds.longest)
        self._trusted: dict[str, _Trusted] = {}
        for settings in issuers:
            if settings.issuer in self._trusted:
                raise ValueError(f"issuer {settings.issuer} is configured twice")
            for setting in settings.weaknesses():
                log.warning("identity.weak_setting", issuer=settings.issuer, setting=setting)
            # Members of the header that nobody knows must be ignored (RFC 7515 section 4).
            registry = JWSRegistry(algorithms=settings.algorithms, strict_check_header=False)
            keys = IssuerKeys(settings, http=http, clock=clock)
            asked = settings.introspection
            introspector = None if asked is None else Introspector(settings, asked, http=http, clock=clock)
            self._trusted[settings.issuer] = _Trusted(settings, keys, registry, introspector)
        opaque = [one for one in self._trusted.values() if one.introspector and one.introspector.settings.takes_opaque]
        if len(opaque) > 1:
            raise ValueError("tokens that are no JWT can be asked about at one issuer alone: others would learn them")
        self._opaque = opaque[0] if opaque else None

    async def verify(self, authorization: Sequence[bytes], shown: Shown = NOTHING) -> Caller:
        """Give the caller.

        Args:
            authorization: the values of all ``Authorization`` headers of the request, as received. A token
                anywhere else (query, cookie, body, other header) does not exist for this service.
            shown: what else the request shows; nothing proves that a bound token is shown by its holder.

        Raises:
            InvalidToken: no caller is proved: always a 401, whatever was wrong.
            NotEntitled: a partner's token does not say what it must say: a 403.
            IssuerUnavailable, ReplaysUnavailable: nobody can be judged now: a 503.
        """
        scheme = "Bearer"
        try:
            credentials = credentials_of(authorization)
            scheme = credentials.scheme
            verified = await self.judge(credentials.token)
            await self._possession.check(verified.binding, credentials, shown)
        except IdentityError as error:
            error.metadata = self._metadata
            if isinstance(error, InvalidToken):
                error.scheme = scheme
                error.nonce = self._possession.nonces.new() if error.fault is Fault.NONCE else None
            raise
        return verified.caller

    async def warm(self) -> bool:
        """Fetch every issuer's keys; tell whether all have some. A failure is logged and tried again on demand."""
        return all([await trusted.keys.warm() for trusted in self._trusted.values()])

    async def aclose(self) -> None:
        """End what is under way. The client that was passed in stays open."""
        for trusted in self._trusted.values():
            await trusted.keys.aclose()
            if trusted.introspector is not None:
                await trusted.introspector.aclose()
        await self._possession.aclose()

    async def judge(self, token: bytes) -> Verified:
        """What the token proves by itself, and to what it is bound; nothing says yet that its holder shows it.

        Raises:
            IdentityError: as ``verify``.
        """
        known = self._verified.get(token)
        if known is not None:
            edition, verified = known
            trusted = self._trusted[verified.caller.issuer]
            keys = trusted.keys
            if edition is None or keys.edition_of_young() == edition or await keys.edition() == edition:
                self._check_span(verified.begins, verified.ends, trusted.settings.leeway)
                return verified
        return await (self._judged_by_key(token) if is_signed(token) else self._judged_by_issuer(token))

    async def _judged_by_key(self, token: bytes) -> Verified:
        signed = read_signed(token)
        trusted = self._trusted_for(signed.claims.get("iss"))
        kid, algorithm = checked_header(signed.header, trusted.settings)
        edition = await trusted.keys.edition()
        check_signature(signed.raw, await trusted.keys.find(kid, algorithm), trusted.registry)
        verified = self._understood(signed.claims, trusted.settings, algorithm)
        longest = None
        if trusted.introspector is not None and trusted.introspector.settings.takes_signed:
            await trusted.introspector.claims_of(token)
            longest = trusted.introspector.settings.cache
        self._verified.keep(token, verified, edition, longest=longest)
        return verified

    async def _judged_by_issuer(self, token: bytes) -> Verified:
        trusted = self._opaque
        if trusted is None or trusted.introspector is None:
            raise InvalidToken(
                Fault.MALFORMED, cause="not three parts of base64url, and no issuer is asked about others"
            )
        claims = await trusted.introspector.claims_of(token)
        # What an issuer says of a token need not say when it was made (RFC 7662 section 2.2).
        verified = self._understood({"iat": 0, **claims}, trusted.settings, None)
        self._verified.keep(token, verified, None, longest=trusted.introspector.settings.cache)
        return verified

    def _understood(self, claims: Mapping[str, Any], settings: IssuerSettings, algorithm: str | None) -> Verified:
        """What proved claims say, if they are good at this time, for this service, and by all that was agreed."""
        begins, ends = _times(claims)
        self._check_span(begins, ends, settings.leeway)
        check_audience(claims, settings)
        binding = binding_of(claims)
        self._check_partner(claims, binding, settings, algorithm)
        caller = caller_of(claims, settings, self._partners)
        if self._reference is not None and caller.personal_id is not None:
            caller = structs.replace(caller, ref=self._reference(caller.personal_id))
        return Verified(caller=caller, binding=binding, begins=begins, ends=ends)

    def _trusted_for(self, issuer: Any) -> _Trusted:
        """Choose by a claim nobody has proved yet: it can only choose among issuers we trust anyway."""
        trusted = self._trusted.get(issuer) if isinstance(issuer, str) else None
        if trusted is None:
            raise InvalidToken(Fault.UNTRUSTED, cause="the issuer is not configured")
        return trusted

    def _check_partner(
        self, claims: Mapping[str, Any], binding: Binding, settings: IssuerSettings, algorithm: str | None
    ) -> None:
        """A partner's tokens are judged more strictly than its issuer's others."""
        registered = self._partners.of(settings.issuer, client_of(claims, settings))
        if registered is None:
            return
        if algorithm is not None and algorithm not in registered.partner.algorithms:
            raise InvalidToken(Fault.UNTRUSTED, cause="alg is not allowed for this partner")
        if not registered.partner.is_satisfied_by(key=binding.key, certificate=binding.certificate):
            raise InvalidToken(Fault.UNBOUND, cause="the partner's token is not bound as was agreed")

    def _check_span(self, begins: int, ends: int, leeway: float) -> None:
        now = self._clock.now().timestamp()
        if ends + leeway <= now:
            raise InvalidToken(Fault.EXPIRED, cause="exp is past")
        if begins - leeway > now:
            raise InvalidToken(Fault.NOT_YET_VALID, cause="iat or nbf is still to come")


def _times(claims: Mapping[str, Any]) -> tuple[int, int]:
    """From when and until when a token is good, by its own words."""
    if not is_moment(claims.get("exp")) or not is_moment(claims.get("iat")):
        raise InvalidToken(Fault.MALFORMED, cause="exp or iat is missing or not whole seconds")
    if not is_moment(claims.get("nbf", 0)):
        raise InvalidToken(Fault.MALFORMED, cause="nbf is not whole seconds")
    return max(claims["iat"], claims.get("nbf", 0)), claims["exp"]
