"""Before a test is ordered: was it just done elsewhere, and can its result be used? ``retesting/`` in the graph."""

from collections.abc import Awaitable, Sequence
from datetime import date, timedelta
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import CodedText, Coding, doc
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, together
from resolvers.connection import Brought
from resolvers.context import Context, Info
from resolvers.gathering import gather
from resolvers.joining.codes import LOINC
from resolvers.refusals import BadRequest
from resolvers.report import Explained, explained
from resolvers.retesting.rules import RULES
from resolvers.retesting.verdict import Duplicate, DuplicateReason, DuplicateVerdict, Look, judge
from resolvers.shown import shown
from resolvers.under_way import UnderWay

_MOST_CODES = 20
_LONGEST_CODE = 64
_MOST_DAYS = 36_525
"""A hundred years."""


class DuplicateTestOf(Struct, frozen=True, kw_only=True):
    """One test that is about to be ordered."""

    asked: Annotated[str, doc("The code as it was asked for.")]
    code: Annotated[CodedText, doc("The test; the bare code where it is not in the table of tests.")]
    verdict: Annotated[DuplicateVerdict, doc("Whether the test can be spared. CANNOT_SAY is not 'not done'.")]
    reason: Annotated[DuplicateReason, doc("Why, for programs.")]
    why: Annotated[str, doc("Why, for people, in the language of the answer.")]
    caution: Annotated[str | None, doc("What must be shown with the result; none for most tests.")]
    found: Annotated[
        tuple[records.Observation, ...],
        doc("Results in that time, as in 'observations': newest first, those without a day last."),
    ]
    reports: Annotated[tuple[Explained, ...], doc("Reports of the test in that time, as in 'reports'.")]
    holds_days: Annotated[int | None, doc("For how many days a result holds; none for ever, or not known.")]
    usable_until: Annotated[date | None, doc("Last day of the newest usable result; none for ever, or without one.")]
    source: Annotated[str | None, doc("Why a result holds so long; none for a code that is not in the table.")]
    verified: Annotated[bool, doc("Whether a clinician or a legal text stands behind the days; else a house rule.")]


class DuplicateTestsOf(Struct, frozen=True, kw_only=True):
    """The tests that are about to be ordered."""

    tests: Annotated[tuple[DuplicateTestOf, ...], doc("One per code, in the order asked.")]
    rule: Annotated[str, doc("Edition of the rules.")]
    information_only: Annotated[bool, doc("Always true: whoever treats decides.")]
    completeness: Annotated[CompletenessOf, doc("Whether results and reports are all there are.")]


@shown(DuplicateTestOf)
class DuplicateTest:
    """Whether one test was just done elsewhere."""


@shown(DuplicateTestsOf)
class DuplicateTests:
    """Which tests were just done elsewhere. Information only: whoever treats decides."""


Codes = Annotated[
    list[str],
    strawberry.argument(description=f'LOINC codes such as "4548-4", or service codes; 1 to {_MOST_CODES}.'),
]
Within = Annotated[int, strawberry.argument(description=f"How many days back to look: 1 to {_MOST_DAYS}.")]


def duplicate_tests(
    root: strawberry.Parent[Chart], info: Info, codes: Codes, within_days: Within
) -> Awaitable[DuplicateTestsOf]:
    """Whether each of the tests was just done.

    Results are asked for by time and not by code: what a system writes with a code of its own is then found by name.

    Raises:
        BadRequest: too many codes or days, or none.
    """
    wanted = list(dict.fromkeys(codes))
    if not 1 <= len(wanted) <= _MOST_CODES or not all(0 < len(code) <= _LONGEST_CODE for code in wanted):
        raise BadRequest(f"'codes' takes 1 to {_MOST_CODES} codes of at most {_LONGEST_CODE} characters.")
    if not 1 <= within_days <= _MOST_DAYS:
        raise BadRequest(f"'withinDays' is a number from 1 to {_MOST_DAYS}.")
    context = info.context
    since = context.today - timedelta(days=within_days)
    looks = [Look(code=code, test=RULES.find(code), within=within_days, today=context.today) for code in wanted]
    asked = (
        gather(info, root, Question(about=records.Observation, since=since)),
        gather(info, root, Question(about=records.Report, since=since)),
    )

    async def told() -> DuplicateTestsOf:
        results, reports = await asked[0], await asked[1]
        complete = together((results.completeness, reports.completeness))
        brought = Brought({records.Report: reports.told}, {records.Observation: results.items})
        whole = explained(reports.items, brought)
        said = [(look, judge(look, results.items, whole, complete=complete.complete)) for look in looks]
        return DuplicateTestsOf(
            tests=tuple(_shown(context, look, duplicate) for look, duplicate in said),
            rule=RULES.version,
            information_only=True,
            completeness=complete,
        )

    return UnderWay(told)


def _shown(context: Context, look: Look, said: Duplicate) -> DuplicateTestOf:
    test, say = look.test, context.language.say
    return DuplicateTestOf(
        asked=look.code,
        code=CodedText(
            text=say("tests", test.id) if test else look.code,
            codings=_codings(test.loinc) if test else (Coding(system="unknown", code=look.code),),
        ),
        verdict=said.verdict,
        reason=said.reason,
        why=say("retesting", said.reason.name),
        caution=say("retesting", test.caution) if test and test.caution else None,
        found=said.found,
        reports=tuple(report for report in said.reports if isinstance(report, Explained)),
        holds_days=test.days if test else None,
        usable_until=said.until,
        source=test.source if test else None,
        verified=bool(test and test.verified),
    )


def _codings(loinc: Sequence[str]) -> tuple[Coding, ...]:
    return tuple(Coding(system=LOINC, code=code) for code in loinc)
