"""A maker's own lines in place of a call of it: most makers are shorter than the call.

Only what is plain is taken over: assignments, ifs, tries, loops, and returns wherever they stand outside of two loops.
Whatever is not stays a call, and means the same. So a maker is an ordinary function that can be read, typed and tried
alone, and a record costs few calls all the same.
"""

import ast
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeVar

from msgspec import Struct

F = TypeVar("F", bound=Callable[..., Any])

_PLAIN = (
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.If, ast.IfExp, ast.Assign, ast.AnnAssign, ast.Expr),
    ast.AugAssign,
    *(ast.For, ast.Continue, ast.Pass, ast.Raise, ast.Try, ast.ExceptHandler, ast.Name, ast.Attribute, ast.Constant),
    *(ast.Call, ast.keyword, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Subscript, ast.Slice, ast.Tuple),
    *(ast.List, ast.Set, ast.NamedExpr, ast.JoinedStr, ast.FormattedValue, ast.Starred, ast.expr_context, ast.boolop),
    *(ast.operator, ast.unaryop, ast.cmpop),
)
"""What a function that is taken over may be made of. No function within it: its names would have another scope."""


def inlined(function: F) -> F:
    """Mark a function that is taken over also where a maker calls it."""
    function.__dict__["inlined"] = True
    return function


class Names:
    """Names of one text, each with the value that it stands for, and none given twice."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._given: dict[tuple[str, int], str] = {}
        self._last = 0

    def new(self, name: str) -> str:
        """A name that is not in use."""
        self._last += 1
        return f"{name}_{self._last}"

    def of(self, name: str, value: object) -> str:
        """The name of a value that is the same for every resource."""
        key = (name, id(value))
        if key not in self._given:
            self._given[key] = self.new(name)
            self.values[self._given[key]] = value
        return self._given[key]


def called(function: Callable[..., Any], arguments: Sequence[str], names: Names, *, inline: bool) -> tuple[str, str]:
    """What a function gives for these arguments.

    Args:
        function: of this package.
        arguments: as expressions that cost nothing and may stand several times.
        names: of the text in which it will stand.
        inline: whether its lines may be taken over.

    Returns:
        The lines that come before, and the expression of the value.
    """
    plain = _plain_of(function) if inline and isinstance(function, FunctionType) else None
    if plain is None or not isinstance(function, FunctionType):
        return "", f"{names.of(getattr(function, '__name__', 'value'), function)}({', '.join(arguments)})"
    body = _Body(function, plain, names)
    lines, value = body.written([ast.parse(argument, mode="eval").body for argument in arguments])
    text = "\n".join(ast.unparse(ast.fix_missing_locations(line)) for line in lines)
    return text, ast.unparse(ast.fix_missing_locations(value))


class _Plain(Struct, frozen=True):
    """A function that may be taken over."""

    tree: ast.FunctionDef
    stored: frozenset[str]
    """Names to which it gives a value."""
    uses: Counter[str]
    """How often each name stands in it."""


@cache
def _plain_of(function: FunctionType) -> _Plain | None:
    """The function as it is written, where it is plain."""
    code = function.__code__
    tree, written = _functions_in(code.co_filename).get(code.co_firstlineno, (None, None))
    if tree is None or written is None or _told(written) != _told(code):
        return None
    tree.returns, tree.decorator_list = None, []
    for one in ast.walk(tree):
        if isinstance(one, ast.arg):
            one.annotation = None
    if isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, ast.Constant):
        del tree.body[0]
    given = tree.args
    others = (*given.posonlyargs, *given.kwonlyargs, *given.defaults, given.vararg, given.kwarg)
    tries = [one for one in ast.walk(tree) if isinstance(one, ast.Try)]
    is_plain = all(isinstance(one, _PLAIN) for one in ast.walk(tree)) and not any(others)
    is_plain &= not any(one.orelse or one.finalbody or any(way.name for way in one.handlers) for one in tries)
    if not is_plain or not all(map(_can_be_left, tree.body)):
        return None
    names = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
    stored = frozenset(one.id for one in names if not isinstance(one.ctx, ast.Load))
    return _Plain(tree, stored, Counter(one.id for one in names))


@cache
def _functions_in(path: str) -> dict[int, tuple[ast.FunctionDef, CodeType]]:
    """The functions of a module as they are written and as they run, by the lines in which they begin."""
    try:
        module = ast.parse(Path(path).read_text(encoding="utf-8"))
        codes = compile(module, path, "exec").co_consts
    except (OSError, SyntaxError, ValueError):
        return {}  # installed without its source: then everything is called
    trees = {one.name: one for one in module.body if isinstance(one, ast.FunctionDef)}
    return {
        one.co_firstlineno: (trees[one.co_name], one)
        for one in codes
        if isinstance(one, CodeType) and one.co_name in trees
    }


def _told(code: CodeType) -> tuple[object, ...]:
    """What a function does: a file that was replaced since it was loaded says something else, and nobody runs that."""
    return code.co_name, code.co_code, code.co_consts, code.co_names, code.co_varnames


def _can_be_left(statement: ast.stmt) -> bool:
    """Whether every return in it stands in one loop at most; a loop that is left has no other end."""
    loops = [one for one in ast.walk(statement) if isinstance(one, ast.For)]
    left = [one for one in loops if any(isinstance(inner, ast.Return) for inner in ast.walk(one))]
    within = [inner for one in left for inner in ast.walk(one) if isinstance(inner, ast.For) and inner is not one]
    return not within and not any(one.orelse for one in loops) and (not left or isinstance(statement, ast.For))


class _Body:
    """The inside of one function, rewritten to stand within another."""

    def __init__(self, function: FunctionType, plain: _Plain, names: Names) -> None:
        self._function = function
        self._plain = plain
        self._names = names
        self._renamed: dict[str, ast.expr] = {}
        self._locals: dict[str, ast.Name] = {}
        self._value = ""

    def written(self, arguments: Sequence[ast.expr]) -> tuple[list[ast.stmt], ast.expr]:
        """The lines, and the expression of what it returns."""
        lines: list[ast.stmt] = []
        tree, stored, uses = self._plain.tree, self._plain.stored, self._plain.uses
        self._locals = {name: ast.Name(self._names.new(name), ast.Load()) for name in sorted(stored)}
        for parameter, argument in zip(tree.args.args, arguments, strict=True):
            if parameter.arg in stored or (uses[parameter.arg] > 1 and not isinstance(argument, ast.Name)):
                local = self._locals.setdefault(parameter.arg, ast.Name(self._names.new(parameter.arg), ast.Load()))
                lines.append(_set(local, argument))
            else:
                self._renamed[parameter.arg] = argument
        self._renamed |= self._locals
        body = tree.body
        if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
            before, value = self._expanded(body[0].value)
            return [*lines, *before], value
        self._value = self._names.new("value")
        inside = [*self._rewritten([*body, ast.Return(ast.Constant(None))])]
        lines.append(ast.While(ast.Constant(True), inside, []))
        return lines, ast.Name(self._value, ast.Load())

    def _rewritten(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The statements, with each return put into the value."""
        done: list[ast.stmt] = []
        for place, one in enumerate(statements):
            if isinstance(one, ast.Return):
                before, value = self._expanded(one.value or ast.Constant(None))
                return [*done, *before, _set(ast.Name(self._value), value), ast.Break()]
            if isinstance(one, ast.For) and any(isinstance(inner, ast.Return) for inner in ast.walk(one)):
                rest = self._rewritten(statements[place + 1 :])
                target, over = self._with_names(one.target), self._with_names(one.iter)
                return [*done, ast.For(target, over, self._rewritten(one.body), rest), ast.Break()]
            done += self._one(one)
        return done or [ast.Pass()]

    def _one(self, one: ast.stmt) -> list[ast.stmt]:
        if isinstance(one, ast.If):
            orelse = self._rewritten(one.orelse) if one.orelse else []
            return [ast.If(self._with_names(one.test), self._rewritten(one.body), orelse)]
        if isinstance(one, ast.For):
            target, over = self._with_names(one.target), self._with_names(one.iter)
            return [ast.For(target, over, self._rewritten(one.body), [])]
        if isinstance(one, ast.Try):
            handlers = [
                ast.ExceptHandler(handler.type and self._with_names(handler.type), None, self._rewritten(handler.body))
                for handler in one.handlers
            ]
            return [ast.Try(self._rewritten(one.body), handlers, [], [])]
        if isinstance(one, ast.AnnAssign):
            one = ast.Assign([one.target], one.value or ast.Constant(None))
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            before, value = self._expanded(one.value)
            return [*before, _set(self._locals[one.targets[0].id], value)]
        return [self._with_names(one)]

    def _expanded(self, value: ast.expr) -> tuple[list[ast.stmt], ast.expr]:
        """An expression, with the lines of a function that is called there and nowhere within another one."""
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or value.keywords:
            return [], self._with_names(value)
        function = self._function.__globals__.get(value.func.id)
        plain = _plain_of(function) if getattr(function, "inlined", False) else None
        if function is None or plain is None or value.func.id in self._renamed:
            return [], self._with_names(value)
        lines: list[ast.stmt] = []
        arguments: list[ast.expr] = []
        for one in value.args:
            before, argument = self._expanded(one)
            lines += before
            if not isinstance(argument, (ast.Name, ast.Constant)):
                local = ast.Name(self._names.new("argument"), ast.Load())
                lines.append(_set(local, argument))
                argument = local
            arguments.append(argument)
        inner, result = _Body(function, plain, self._names).written(arguments)
        return [*lines, *inner], result

    def _with_names(self, node: Any) -> Any:
        """A copy in which every name is the one that it has in the text."""
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, list):
            return [self._with_names(one) for one in node]
        if isinstance(node, ast.AST):
            return type(node)(**{field: self._with_names(value) for field, value in ast.iter_fields(node)})
        return node

    def _name(self, name: ast.Name) -> ast.expr:
        if name.id in self._renamed:
            renamed = self._renamed[name.id]
            return ast.Name(renamed.id, name.ctx) if isinstance(renamed, ast.Name) else renamed
        known = self._function.__globals__
        if name.id in known:
            return ast.Name(self._names.of(name.id, known[name.id]), ast.Load())
        return name  # one of Python's own


def _set(local: ast.Name, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(local.id, ast.Store())], value)
