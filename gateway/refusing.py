"""Refusals of the graph at endpoints that execute no document: by status."""

from gateway.challenges import step_up
from gateway.errors import RequestError
from resolvers.language import Language
from resolvers.refusals import Forbidden, Refusal, StepUpRequired, Unverifiable


def refused(refusal_: Refusal, language: Language) -> RequestError:
    """A refusal of the graph with its status over HTTP.

    What is forbidden and what does not exist are one 404 (RFC 9110, section 15.5.4); too weak a sign-in is a challenge
    (RFC 9470, section 3).
    """
    words = refusal_.in_words(language)
    if isinstance(refusal_, StepUpRequired):
        return RequestError(401, refusal_.code, words, headers=step_up([refusal_]))
    if isinstance(refusal_, Unverifiable):
        return RequestError(503, refusal_.code, words, headers=[("Retry-After", "5")])
    return RequestError(404 if isinstance(refusal_, Forbidden) else 400, refusal_.code, words)
