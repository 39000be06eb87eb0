"""Which sources to ask."""

from collections.abc import Iterable

from connectors.contract import Question, Source
from connectors.records import Record


def locate(sources: Iterable[Source], question: Question[Record]) -> list[Source]:
    """The sources that may hold such a record, in the order of the configuration."""
    return [source for source in sources if question.about in source.holds]
