"""Who the citizen is: one person, whatever the sources write."""

from collections.abc import Sequence

from connectors.records import ConflictRule, Demographics, SourceKind
from connectors.records.agreement import names_agree
from resolvers.joining.agreeing import says
from resolvers.joining.choosing import if_any
from resolvers.joining.codes import words
from resolvers.joining.rule import Choice, Rule


def _blood_type(records: Sequence[Demographics]) -> str | None:
    groups = (record.blood_type for record in records)
    said = {words(group): group for group in groups if group and says(group)}
    return next(iter(said.values())) if len(said) == 1 else None


RULE: Rule[Demographics] = Rule(
    evidence=(lambda _: [("citizen",)],),
    once_per_source=False,
    authority=(SourceKind.POPULATION_REGISTER,),
    choices={
        "full_name": Choice(
            pick=lambda records: records[0].full_name, rule=ConflictRule.LEADING_SYSTEM, same=names_agree
        ),
        "blood_type": Choice(pick=_blood_type, rule=ConflictRule.NONE_WHERE_DISAGREED),
        "deceased": if_any("deceased"),
    },
)
