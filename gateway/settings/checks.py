"""What is wrong with settings although each key has the right form."""

import re
from ipaddress import ip_network

from connectors.options import BadOptions
from gateway.audit.settings import AuditSettings
from gateway.settings.asked import Limits, RateSettings
from gateway.settings.blocks import Cache, Push
from gateway.settings.whole import Settings, partners_of, sealing_keys

_ADDRESS = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


def check(settings: Settings, name: str) -> None:
    """Refuse what one key alone cannot tell is wrong.

    Raises:
        BadOptions: with the block, the key and what would be right.
    """
    if settings.version != 1:
        raise BadOptions(f"{name}.version: this gateway reads version 1")
    if any(len(key) < 32 for key in sealing_keys(settings)):
        raise BadOptions(f"{name}.identifier_key: expected at least 32 characters")
    _check_bounds(settings, name)
    if settings.execution.compiled_fields < 1:
        raise BadOptions(f"{name}.execution.compiled_fields: expected 1 or more")
    _check_locating(settings, name)
    _check_audit(settings.audit, f"{name}.audit")
    _check_rates(settings.rates, f"{name}.rates")
    _check_cache(settings.cache, f"{name}.cache")
    _check_issuers(settings, name)
    try:
        partners_of(settings)
    except ValueError as error:
        raise BadOptions(f"{name}.{error}") from None
    if settings.certificates is not None and not settings.certificates.keys:
        raise BadOptions(f"{name}.certificates.keys: expected at least one")
    if settings.explorer is not None and not settings.development:
        raise BadOptions(f"{name}.explorer: the explorer is served in development only; set development = true")


def _check_issuers(settings: Settings, name: str) -> None:
    if not settings.authentication.issuers:
        raise BadOptions(f"{name}.authentication.issuers: expected at least one")
    for number, issuer in enumerate(settings.authentication.issuers):
        if issuer.allow_http and not settings.development:
            raise BadOptions(f"{name}.authentication.issuers[{number}].allow_http: for development only")
    asked = [issuer.introspection for issuer in settings.authentication.issuers if issuer.introspection is not None]
    if sum(one.takes_opaque for one in asked) > 1:
        raise BadOptions(f"{name}.authentication.issuers: opaque tokens can be asked about at one issuer alone")


def _check_bounds(settings: Settings, name: str) -> None:
    for key in ("listen", "admin"):
        if not _ADDRESS.fullmatch(getattr(settings.server, key)):
            raise BadOptions(f"{name}.server.{key}: expected 'host:port', such as '127.0.0.1:4000' or '[::1]:4000'")
    for key in ("deadline", "content", "caller_timeout", "max_body"):
        if getattr(settings.server, key) <= 0:
            raise BadOptions(f"{name}.server.{key}: expected more than nothing")
    for key in ("most", "most_per_caller"):
        if getattr(settings.subscriptions, key) < 0:
            raise BadOptions(f"{name}.subscriptions.{key}: expected 0 or more")
    if settings.subscriptions.heartbeat <= 0:
        raise BadOptions(f"{name}.subscriptions.heartbeat: expected more than nothing")
    for key in Limits.__struct_fields__:
        if getattr(settings.limits, key) < 1:
            raise BadOptions(f"{name}.limits.{key}: expected 1 or more")


def _check_rates(rates: RateSettings, where: str) -> None:
    for key in ("per_citizen", "per_client", "per_address", "refusals"):
        if getattr(rates, key) < 0:
            raise BadOptions(f"{where}.{key}: expected 0 or more")
    if not all(_is_network(network) for network in rates.proxies):
        raise BadOptions(f"{where}.proxies: expected networks such as '10.1.0.0/16'")


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _check_locating(settings: Settings, name: str) -> None:
    if settings.locating.probing < 0:
        raise BadOptions(f"{name}.locating.probing: expected 0 or more")
    if settings.locating.insurance <= 0:
        raise BadOptions(f"{name}.locating.insurance: expected more than nothing")
    if not 0 < settings.locating.coverage <= 1:
        raise BadOptions(f"{name}.locating.coverage: expected more than 0, and 1 at most")
    for key in ("lapse_days", "longest_days", "recent", "emergency", "often"):
        if getattr(settings.consents, key) <= 0:
            raise BadOptions(f"{name}.consents.{key}: expected more than nothing")
    if settings.push is not None:
        _check_push(settings.push, development=settings.development, where=f"{name}.push")
    if settings.store.connections < 1:
        raise BadOptions(f"{name}.store.connections: expected 1 or more")


def _check_audit(audit: AuditSettings, where: str) -> None:
    for key in ("checkpoint", "patience", "retry", "spool_entries", "spool_size", "spool_time", "retention_years"):
        if getattr(audit, key) <= 0:
            raise BadOptions(f"{where}.{key}: expected more than nothing")


def _check_push(push: Push, *, development: bool, where: str) -> None:
    if not push.url.startswith("https://") and not (development and push.url.startswith("http://127.0.0.1:")):
        raise BadOptions(f"{where}.url: expected an https address")
    if len(push.key.reveal()) < 32:
        raise BadOptions(f"{where}.key: expected at least 32 characters")
    if push.tries < 1:
        raise BadOptions(f"{where}.tries: expected 1 or more")


def _check_cache(cache: Cache, where: str) -> None:
    if (cache.backend == "redis") != (cache.url is not None):
        raise BadOptions(f"{where}.url: expected with backend = 'redis', and only then")
    if not 0 < cache.timeout <= 0.05:
        raise BadOptions(f"{where}.timeout: expected 50ms or less")
    if cache.max_size <= 0:
        raise BadOptions(f"{where}.max_size: expected more than nothing")
