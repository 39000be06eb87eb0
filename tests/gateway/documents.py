"""Documents made to cost more than they are worth, by the attack that they belong to."""

from collections.abc import Mapping


def cycle(depth: int) -> str:
    """Down the schema's own circle: a dependant's dependants."""
    turns, rest = divmod(depth, 3)
    inner = "id" if not rest else "dependants { nodes { basis } }"
    for _ in range(turns):
        inner = f"dependants {{ nodes {{ citizen {{ {inner} }} }} }}"
    return f"{{ me {{ {inner} }} }}"


def cycle_of_fragments(depth: int) -> str:
    """The same, each turn in a fragment of its own."""
    steps = [
        f"fragment F{n} on Citizen {{ dependants {{ nodes {{ citizen {{ ...F{n + 1} }} }} }} }}"
        for n in range(depth // 3)
    ]
    return " ".join(["{ me { ...F0 } }", *steps, f"fragment F{depth // 3} on Citizen {{ id }}"])


def chain(length: int, *, ring: bool = False) -> str:
    """Fragments that only spread the next one; in a ring the last one spreads the first."""
    last = "...F0" if ring else "__typename"
    steps = [f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(length - 1)]
    return " ".join(["{ ...F0 }", *steps, f"fragment F{length - 1} on Query {{ {last} }}"])


def doubling(times: int, *, alias: str = "") -> str:
    """Each fragment spreads the next one twice."""
    steps = [
        f"fragment F{n} on Citizen {{ {alias}id ...F{n + 1} ...F{n + 1} }}" if alias
        else f"fragment F{n} on Citizen {{ ...F{n + 1} ...F{n + 1} }}"
        for n in range(times)
    ]  # fmt: skip
    return " ".join(["{ me { ...F0 } }", *steps, f"fragment F{times} on Citizen {{ {alias}id }}"])


def inside(opened: str, times: int, core: str, closed: str) -> str:
    """The core in so many wrappings."""
    return opened * times + core + closed * times


def row(piece: str, times: int) -> str:
    """The piece so many times; ``%d`` in it is its number."""
    return " ".join(piece % n if "%d" in piece else piece for n in range(times))


def on_me(selection: str) -> str:
    """A query for that of the caller."""
    return f"{{ me {{ {selection} }} }}"


DEEP: Mapping[str, str] = {
    **{f"cycle of {n}": cycle(n) for n in (20, 50, 200, 1000)},
    **{f"cycle of {n} in fragments": cycle_of_fragments(n) for n in (20, 50, 200)},
    **{f"{n} inline fragments": f"{{ me {inside('{ ... ', n, '{ id }', '}')} }}" for n in (100, 1_000, 10_000)},
    **{f"chain of {n}": chain(n) for n in (60, 200, 500)},
    "lists": f"{{ node(id: {inside('[', 10_000, '', ']')}) {{ id }} }}",
    "objects": f"{{ node(id: {inside('{a:', 5_000, '1', '}')}) {{ id }} }}",
    "types of lists": f"query ($a: {inside('[', 10_000, 'Int', ']')}) {{ me {{ id }} }}",
    "open braces": "{ me " * 20_000,
}
ALIASED: Mapping[str, str] = {
    "of a field": on_me(row("a%d: id", 101)),
    "of __typename": on_me(row("a%d: __typename", 1_000)),
    "in fragments": doubling(12, alias="a: "),
    "one for each of ten": on_me(row("...F", 10)) + f" fragment F on Citizen {{ {row('a%d: id', 11)} }}",
}
WIDE: Mapping[str, str] = {
    "aliases of me": f"{{ {row('a%d: me {{ id }}'.replace('{{', '{').replace('}}', '}'), 21)} }}",
    "__typename": "{ " + row("__typename", 100) + " }",
    "unknown fields": "{ " + row("x%d", 2_000) + " }",
    "in fragments": "{ ...F0 } "
    + row("fragment F%d on Query { __typename ...F1x }", 1).replace("F1x", "F1")
    + " fragment F1 on Query { "
    + row("__typename", 21)
    + " }",
}
LONG: Mapping[str, str] = {
    "aliases": on_me(row("a%d: id", 50_000)),
    "the same field": on_me(row("id", 6_000)),
    "unknown fields": "{ " + row("x%d", 50_000) + " }",
    "directives": f"{{ me {row('@skip', 50_000)} {{ id }} }}",
    "operations": row("query Q%d { __typename }", 1_001),
    "fragments that nobody uses": "{ me { id } } " + row("fragment F%d on Citizen { id }", 50_000 // 8),
    "variables": f"query ({row('$v%d: Int', 1_300)}) {{ me {{ id }} }}",
    "a ring of 2000": chain(2_000, ring=True),
    "a chain of 2000": chain(2_000),
}
INVALID: Mapping[str, str] = {
    "a fragment in itself": "{ me { ...F } } fragment F on Citizen { ...F }",
    "a ring of 30": chain(30, ring=True),
    "fragments that nobody uses": "{ me { id } } " + row("fragment F%d on Citizen { id }", 500),
    "variables that nobody uses": f"query ({row('$v%d: Int', 900)}) {{ me {{ id }} }}",
    "directives that nobody knows": "{ me @a @b @c @d @e @f @g { id } }",
    "directives on a variable": f"query ($a: Int {row('@x', 2_000)}) {{ me {{ id }} }}",
    "directives on a fragment that nobody uses": f"{{ me {{ id }} }} fragment F on Citizen {row('@x', 2_000)} {{ id }}",
    "the same field": on_me(row("id", 4_000)),
    "fields within fields": on_me(row("encounters { nodes { id } }", 600)),
    "arguments that differ": on_me(row("encounters(first: %d) { nodes { id } }", 400)),
    "twins of twins": on_me(
        row(f"dependants {{ nodes {{ citizen {{ {row('encounters { nodes { id } }', 15)} }} }} }}", 15)
    ),
    "unknown arguments": f"{{ node({row('x%d: 1', 1_000)}) {{ id }} }}",
    "a type": "type Query { me: Int } { me { id } }",
    "an extension": "extend type Query { me: Int } { me { id } }",
    "two of one name": "query Q { me { id } } query Q { me { id } }",
    "two without a name": "{ me { id } } { me { id } }",
    "a mutation": "mutation { me { id } }",
    "a subscription": "subscription { me { id } }",
}
UNREADABLE: Mapping[str, str] = {
    "only a comment": "# { me { id } }",
    "only a name": "me",
    "only an operation's word": "query",
    "unclosed": "{ me { id }",
    "closed twice": "{ me { id } } }",
    "NUL": "{ me { id\0 } }",
    "full-width": "{ ｍｅ { id } }",
    "right to left": "{ me { \u202eid } }",
    "zero width": "{ me { i\u200bd } }",
    "single quotes": "{ node(id: 'x') { id } }",
    "half an escape": '{ node(id: "\\u12") { id } }',
    "lone surrogate": '{ node(id: "\\ud800") { id } }',
    "endless text": '{ node(id: "x) { id } }',
    "octal": "{ node(id: 017) { id } }",
    "two dots": "{ me { ..F } }",
    "a fragment with variables": "{ me { ...F(a: 1) } } fragment F($a: Int) on Citizen { id }",
}
