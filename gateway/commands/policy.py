"""``policy``: who may see what and why, in words that a lawyer reads; the policies themselves are files."""

import sys

import click

from connectors.contract import Basis, Purpose
from connectors.records import RepresentationScope
from gateway.commands.common import echo_json, json_option
from resolvers.access import matrix
from resolvers.access.ages import Step
from resolvers.access.caller import CallerKind
from resolvers.access.policy import POLICIES, Action, Facts
from resolvers.sections import Section

_LANGUAGES = ("vi", "en")


@click.group()
def policy() -> None:
    """Who may see what, and by which law."""


@policy.command("print")
@click.option("--language", type=click.Choice(_LANGUAGES), default="vi", show_default=True)
@json_option
def print_(language: str, *, as_json: bool) -> None:
    """Print every policy with what it says and rests on, and what follows from all of them together."""
    if as_json:
        echo_json(
            [
                {
                    "id": row.id,
                    "effect": row.effect,
                    "says": row.sentences[language],
                    "law": row.law,
                    "verified": row.verified,
                }
                for row in POLICIES.rows
            ]
        )
        return
    for table in (
        matrix.policies_table(language),
        matrix.sections_table(),
        matrix.categories_table(),
        matrix.refusals_table(),
    ):
        click.echo(f"{table}\n")


@policy.command()
@click.argument("role", type=click.Choice([kind.value for kind in CallerKind]))
@click.argument("purpose", type=click.Choice([purpose.value for purpose in Purpose]))
@click.argument("basis", type=click.Choice([basis.value for basis in Basis]))
@click.argument("section", type=click.Choice([section.value for section in Section]))
@click.option("--age", type=click.Choice([step.value for step in Step]), multiple=True, help="Steps of age reached.")
@click.option("--summary", is_flag=True, help="Where the right is to the summary alone.")
@click.option("--named", is_flag=True, help="Where the consent covers the section.")
@click.option("--blocked", is_flag=True, help="Where the citizen blocked it.")
@click.option("--language", type=click.Choice(_LANGUAGES), default="vi", show_default=True)
def explain(
    role: str,
    purpose: str,
    basis: str,
    section: str,
    *,
    age: tuple[str, ...],
    summary: bool,
    named: bool,
    blocked: bool,
    language: str,
) -> None:
    """Say whether such a caller may see that section, and which policies say so. Exit code 1 is a no."""
    verdict = POLICIES.judge(
        Facts(
            role=CallerKind(role),
            action=Action.READ,
            resource=section,
            purpose=Purpose[purpose],
            basis=Basis[basis],
            scope=RepresentationScope.SUMMARY if summary else RepresentationScope.FULL,
            reached=frozenset(map(Step, age)),
            section=Section[section],
            named=named,
            blocked=blocked,
        )
    )
    click.echo("permitted" if verdict.permitted else "refused")
    for row in POLICIES.rows:
        if row.id in verdict.policies:
            click.echo(f"{row.id}: {row.sentences[language]} ({row.law})")
    if not verdict.policies:
        click.echo("no policy permits it")
    sys.exit(0 if verdict.permitted else 1)
