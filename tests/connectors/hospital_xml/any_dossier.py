"""Any table of a dossier, for property tests: fields known and unknown, empty, twice, in any order, with anything."""

from functools import cache
from html import escape

from hypothesis import strategies as st
from msgspec import Struct

from connectors.hospital_xml.tables import LEFT_ALONE, TABLES
from tests.connectors.hospital_xml.dossiers import KEY, NAMES
from tests.sandbox.render.hospital_xml import element

Pairs = list[tuple[str, str]]
"""Names and texts of the fields of a row, as they stand in it."""

KINDS = (*sorted(NAMES), *sorted(LEFT_ALONE), "XML16")
TEXTS = st.sampled_from(
    [
        *("", " ", "0", "007", "1.50", "-1", "<5", ">=0.10", "1e9", "I10;E11", ";;", "47.11; 47.11;38.93", "Mẫu"),
        *("20261102", "202611020815", "20260231", "202613010000", "202611", "2０261102", "00000000", "19850000"),
        *("20261201;202612150800; 202612150800;mai", "8", "18", "9", "79983", "CSST<M75_T37,5_HA120/70_NT0>", "CSST<>"),
    ]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=6)


class Table(Struct, frozen=True):
    """One part, and what stands in it."""

    kind: str
    rows: tuple[Pairs, ...]
    broken: str | None = None
    """What stands in its place, where it is no table at all."""

    @property
    def document(self) -> str:
        """Its XML."""
        if self.broken is not None:
            return self.broken
        root, listed, row = NAMES.get(self.kind, ("GI_DO", "", ""))
        inside = ["".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in one) for one in self.rows]
        return element(root, element(listed, "".join(element(row, one) for one in inside)) if listed else inside[0])

    @property
    def readable(self) -> list[dict[str, str]]:
        """The rows that are the visit's, and in which no wanted field stands twice."""
        wanted = TABLES[self.kind].wanted("1931")
        found = []
        for row in self.rows:
            said = [(name, text.strip()) for name, text in row if text.strip() and name in wanted]
            if len({name for name, _ in said}) == len(said) and dict(said).get("MA_LK", KEY) == KEY:
                found.append(dict(said))
        return found if self.broken is None else []

    @property
    def lost(self) -> int:
        """How many rows cannot be read; a table that is none counts as one."""
        return 1 if self.broken is not None else len(self.rows) - len(self.readable)


@cache
def any_table(kind: str) -> st.SearchStrategy[Table]:
    """A table of that kind, sometimes none at all."""
    table = TABLES.get(kind)
    known = sorted({*table.wanted("1931"), *sorted(table.ignored)[:3]} - {"MA_LK"}) if table else []
    field = st.tuples(st.sampled_from([*known, "LA_LAM", "NGAY_KQ"]), TEXTS)
    usual = [("MA_NHOM", "8")] if kind == "XML3" else []
    keyed = st.sampled_from([[], usual, [("MA_LK", KEY), *usual], [("MA_LK", "khac")]])
    row = st.tuples(keyed, st.lists(field, max_size=6)).map(lambda parts: [*parts[0], *parts[1]])
    listed = bool(NAMES.get(kind, ("", "", ""))[1])
    rows = st.lists(row, min_size=0 if listed else 1, max_size=3 if listed else 1).map(tuple)
    broken = st.sampled_from([None, None, None, None, "<x", "<TONG_HOP/>", "", "<!DOCTYPE x []><x/>"])
    return st.builds(Table, st.just(kind), rows, broken)
