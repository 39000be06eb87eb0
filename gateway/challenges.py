"""What a caller is told to come back with: ``WWW-Authenticate`` beside the refusals of the graph."""

from collections.abc import Iterable

from resolvers.refusals import StepUpRequired

REALM = "citizen-graph"


def step_up(refusals: Iterable[BaseException | None]) -> list[tuple[str, str]]:
    """The header for the first refusal that a stronger or newer sign-in would lift (RFC 9470 section 3); or none.

    The graph answers with 200 and tells it field by field; a client that knows the standard finds it here as well
    (RFC 9110 section 11.6.1 allows the header in any answer).
    """
    for refusal in refusals:
        if isinstance(refusal, StepUpRequired):
            return [("WWW-Authenticate", _challenge(refusal))]
    return []


def _challenge(refusal: StepUpRequired) -> str:
    wanted = {"acr_values": " ".join(refusal.extensions["acrValues"]), "max_age": refusal.extensions.get("maxAge")}
    told = {"realm": REALM, "error": "insufficient_user_authentication", **wanted}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items() if value not in {None, ""})
