"""What serves, as the graph shows it."""

from resolvers.context import Info
from resolvers.serving import LimitsOf, ServiceOf
from resolvers.shown import shown


@shown(LimitsOf)
class Limits:
    """Bounds of a request, as they are in force now."""


@shown(ServiceOf)
class Service:
    """What serves: its edition, its bounds, its languages. The same for every caller."""


def service(info: Info) -> ServiceOf:
    """What serves."""
    return info.context.service
