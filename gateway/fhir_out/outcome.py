"""OperationOutcome: why a request is refused, and how it went with the sources. Pure."""

from collections.abc import Iterable

from connectors.contract import SourceState
from gateway.errors import RequestError
from gateway.fhir_out.elements import Json, made, text_of
from resolvers.completeness import CompletenessOf, ShownOutcome
from resolvers.language import Language

_BY_STATUS = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    503: "transient",
}
_BY_STATE = {
    SourceState.ANSWERED: "informational",
    SourceState.NO_RECORD: "informational",
    SourceState.NOT_ASKED: "incomplete",
    SourceState.TIMED_OUT: "timeout",
    SourceState.UNAVAILABLE: "transient",
    SourceState.REFUSED: "security",
    SourceState.BLOCKED_BY_CITIZEN: "suppressed",
    SourceState.NOT_PERMITTED: "suppressed",
    SourceState.IDENTITY_MISMATCH: "multiple-matches",
    SourceState.INVALID_ANSWER: "structure",
    SourceState.STALE: "incomplete",
}
"""http://hl7.org/fhir/R4/valueset-issue-type.html."""
STATES = "urn:citizen-graph:source-state"
SOURCE = "urn:citizen-graph:source"


def refusal(error: RequestError) -> Json:
    """The one issue for which a request is not answered."""
    issue = made(
        severity="error",
        code=_BY_STATUS.get(error.status, "exception"),
        details={"coding": [{"system": "urn:citizen-graph:error", "code": error.code}], "text": error.message},
    )
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def account(lists: Iterable[tuple[str, CompletenessOf]], language: Language) -> list[Json]:
    """How it went with every source and class of record that was asked, each once.

    Args:
        lists: what each place of the document rests on, with the place as a FHIRPath.
        language: of the sentences.
    """
    issues: dict[tuple[str, str, str], Json] = {}
    for path, one in lists:
        for outcome in one.sources:
            key = (outcome.source.id, outcome.section.value, outcome.state.value)
            issue = issues.setdefault(key, _of_source(outcome))
            if path not in issue["expression"]:
                issue["expression"].append(path)
        if one.not_asked:
            text = language.say("fhir", "PASSED_OVER", count=one.not_asked)
            issues["", path, ""] = {
                "severity": "warning",
                "code": "incomplete",
                "details": {"text": text},
                "expression": [path],
            }
    return list(issues.values())


def is_whole(outcome: ShownOutcome) -> bool:
    """Whether that source told all it holds."""
    return outcome.whole and outcome.state in (SourceState.ANSWERED, SourceState.NO_RECORD)


def _of_source(outcome: ShownOutcome) -> Json:
    code = _BY_STATE[outcome.state] if outcome.whole or not is_good(outcome.state) else "incomplete"
    return {
        "severity": "information" if is_whole(outcome) else "warning",
        "code": code,
        "details": {
            "coding": [{"system": STATES, "code": outcome.state.value}],
            "text": f"{text_of(outcome.source.name) or outcome.source.id}: {outcome.message}",
        },
        "diagnostics": f"{outcome.source.id} {outcome.section.value}",
        "expression": [],
    }


def is_good(state: SourceState) -> bool:
    """Whether the source said something."""
    return state in (SourceState.ANSWERED, SourceState.NO_RECORD)
