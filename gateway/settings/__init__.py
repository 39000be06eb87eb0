"""Every setting of the service, in one frozen record. Nobody else reads the environment.

The file is TOML. Every scalar can also be set by the environment as ``GATEWAY_<BLOCK>__<KEY>``, which wins over the
file. What is not in the file has a default that is safe; every weaker choice is listed by ``weaknesses``.
"""

from gateway.settings.asked import DocumentSettings, Execution, Limits, RateSettings, SubscriptionSettings
from gateway.settings.blocks import Authentication, Cache, Consents, Explorer, Locating, Push, Store
from gateway.settings.reading import environment_variable, load
from gateway.settings.server import Proxy, Server, Tls
from gateway.settings.whole import Settings, identifiers_of, partners_of, sealing_keys

__all__ = [
    "Authentication",
    "Cache",
    "Consents",
    "DocumentSettings",
    "Execution",
    "Explorer",
    "Limits",
    "Locating",
    "Proxy",
    "Push",
    "RateSettings",
    "Server",
    "Settings",
    "Store",
    "SubscriptionSettings",
    "Tls",
    "environment_variable",
    "identifiers_of",
    "load",
    "partners_of",
    "sealing_keys",
]
