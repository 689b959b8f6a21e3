"""Small changes to a module, one at a time, each of which should make some test fail.

Only what decides is changed: comparisons, logic, arithmetic, numbers, words that are compared, results, calls for
their effect. The wording of messages and documentation is left alone, and so are asserts, annotations and protocols.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from types import CodeType

from attrs import frozen

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
_CALLED |= {"bisect_left": "bisect_right", "bisect_right": "bisect_left"}
_DECLARES_WORDS = {"Code"}
_SAYS_NOTHING = {"annotation", "returns", "decorator_list", "type_params", "bases"}


@frozen
class Mutant:
    """One change to one module.

    Attributes:
        module: its dotted name inside the package.
        number: which of the changes to the module it is.
        function: the function or method that it is in (empty: in none).
        line: where the change is.
        source: that line of the module.
        change: what is changed, as it was and as it is.
        place: 1, or more where the line has the same change at several places.
    """

    module: str
    number: int
    function: str
    line: int
    source: str
    change: str
    place: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What tells the change from others, wherever the line moves to."""
        return f"{self.module}:{self.function}", self.source, self.change, self.place

    def __str__(self) -> str:
        place = f" (place {self.place})" if self.place > 1 else ""
        return f"{self.module}:{self.function} line {self.line}: {self.change}{place}\n    {self.source}"


def mutants_of(module: str, text: str) -> Iterator[Mutant]:
    """Yield every change to a module with this text, in the order of its lines."""
    lines = text.splitlines()
    places: Counter[tuple[str, str, str]] = Counter()
    for number, (function, line, change) in enumerate(_changes_of(ast.parse(text))):
        source = lines[line - 1].strip()
        places[function, source, change] += 1
        yield Mutant(module, number, function, line, source, change, places[function, source, change])


def code_of(mutant: Mutant, path: str, text: str) -> CodeType:
    """Return the changed module, compiled."""
    tree = ast.parse(text, path)
    next(islice(_changes_of(tree), mutant.number, None))  # the tree stays changed until the next one is asked for
    return compile(ast.fix_missing_locations(tree), path, "exec")


def _changes_of(tree: ast.AST) -> Iterator[tuple[str, int, str]]:
    """Make every change to a tree, one at a time; yield its function, its line and what it is while it is made."""
    for parent, field, index, function in list(_places(tree, (), in_function=False)):
        node = _of(parent, field, index)
        line = getattr(node, "lineno", getattr(parent, "lineno", 1))
        for new in _instead_of(node, parent):
            change = f"{_shown(node)} → {_shown(new)}"
            _put(parent, field, index, new)
            yield function, line, change
            _put(parent, field, index, node)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


Place = tuple[ast.AST, str, int | None, str]
"""A node, one of its fields, the number of an item where that field is a list, and the function all of it is in."""


def _of(node: ast.AST, field: str, index: int | None) -> ast.AST:
    value = getattr(node, field)
    return value if index is None else value[index]


def _places(node: ast.AST, names: tuple[str, ...], *, in_function: bool) -> Iterator[Place]:
    """Yield every place that may be changed, parents first; ``names`` are those of what it is declared in."""
    match node:
        case ast.Assert() | ast.Raise() | ast.AnnAssign(value=None) | ast.If(test=ast.Name("TYPE_CHECKING")):
            return
        case ast.Call(func=ast.Name(name)) if name in _DECLARES_WORDS:
            return
        case ast.ClassDef(bases=bases) if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in bases):
            return
    for field, value in ast.iter_fields(node):
        if field in _SAYS_NOTHING or (isinstance(node, ast.ClassDef) and field == "keywords"):
            continue
        items: list[tuple[int | None, object]] = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            if isinstance(item, ast.AST):
                is_inside = in_function or (isinstance(node, ast.FunctionDef) and field == "body")
                yield node, field, index, ".".join(names) if is_inside else ""
                declares = isinstance(item, ast.FunctionDef | ast.ClassDef) and not is_inside
                yield from _places(item, (*names, item.name) if declares else names, in_function=is_inside)


def _instead_of(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    match node:
        case ast.Compare(left, operators, comparators):
            for number, operator in enumerate(operators):
                if type(operator) in _COMPARED:
                    other = [*operators[:number], _COMPARED[type(operator)](), *operators[number + 1 :]]
                    yield ast.Compare(left, other, comparators)
            if isinstance(left, ast.Constant) and isinstance(left.value, str):
                yield ast.Compare(ast.Constant(f"{left.value}?"), operators, comparators)
            last = comparators[-1]
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                yield ast.Compare(left, operators, [*comparators[:-1], ast.Constant(f"{last.value}?")])
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
            for number in range(len(values)):
                left_out = [*values[:number], *values[number + 1 :]]
                yield left_out[0] if len(left_out) == 1 else ast.BoolOp(operator, left_out)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED and not _is_text(node):
            yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value) if not isinstance(parent, ast.FormattedValue):
            yield ast.Constant(value + 1)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Call(ast.Name(name), arguments, keywords) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name], ast.Load()), arguments, keywords)
        case ast.Call(ast.Name("sorted"), [only], _):
            yield only
        case ast.comprehension(target, iterated, conditions):
            for number in range(len(conditions)):
                fewer = [*conditions[:number], *conditions[number + 1 :]]
                yield ast.comprehension(target, iterated, fewer, node.is_async)
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.AugAssign() | ast.Continue() | ast.Break() | ast.Raise() | ast.Delete():
            yield ast.Pass()


def _is_text(node: ast.AST) -> bool:
    """Whether an expression only puts words together."""
    return any(
        isinstance(below, ast.JoinedStr) or (isinstance(below, ast.Constant) and isinstance(below.value, str))
        for below in ast.walk(node)
    )


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}:"
    if isinstance(node, ast.comprehension):
        return " if ".join(["for …", *map(ast.unparse, node.ifs)])
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 100 else f"{text[:99]}…"
