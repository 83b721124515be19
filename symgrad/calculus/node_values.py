"""The values of nodes at a point, each by the rule of its class.

See `evaluation`: nothing of `derivative`, `normal_form` and `substitution` is used here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symgrad.calculus import elimination, interval
from symgrad.calculus.dependencies import depends_on
from symgrad.calculus.dual import Dual, Value
from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    PI,
    RELU,
    Add,
    Apply,
    Constant,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    MatrixFunction,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.index import Index, Position
from symgrad.calculus.interval import Interval, NoValue, Scalar, Undefined
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Context
from symgrad.calculus.primitives import LARGEST_BITS, erf, log, power, relu
from symgrad.calculus.run import Frame, NoTape, Run, indices_of_sum
from symgrad.calculus.tape import Leaf, Sweep, Tape, Worth, coefficient, composed, seed

LARGEST_ORDER = 12
"""Order up to which a function is differentiated."""

NESTING = 30
"""Named quantities evaluated inside each other on Python's stack; deeper ones wait their turn."""


class Postponed(Exception):  # noqa: N818 - nothing is wrong, it only waits
    """A named quantity must be evaluated before the task that needs it goes on."""

    def __init__(self, definition: Definition, at: tuple[int, ...], context: Context) -> None:
        self.needed = definition, at, context

    def task(self, run: Run) -> Callable[[], Worth]:
        """What is to be done first."""
        return lambda: _named_value(run, *self.needed)


def value_of(run: Run, node: Expression, frame: Frame) -> Worth:
    """The value of a node, by the rule of its class; `Postponed` where a name comes first."""
    return _RULES[type(node)](run, node, frame)


def _positions(run: Run, positions: tuple[Position, ...], frame: Frame) -> tuple[int, ...]:
    """The integers that positions stand for; `Undefined` where one is out of range."""
    result = []
    for position in positions:
        if isinstance(position, Index):
            value = frame.indices[position]
            if run.in_range:
                result.append(value)
                continue
        else:
            value = position.value
        if not 1 <= value <= run.point.size(position.size):
            raise Undefined(f"position {value} on an axis of size {position.size.name}")
        result.append(value)
    return tuple(result)


def _number(run: Run, node: Number, frame: Frame) -> Worth:
    value = node.value
    return value.numerator if value.denominator == 1 else value


def _constant(run: Run, node: Constant, frame: Frame) -> Worth:
    if node is not PI:
        raise TypeError(f"the value of {node.name} is not known")
    return interval.pi(run.point.bits)


def _size_value(run: Run, node: SizeValue, frame: Frame) -> Worth:
    return run.point.size(node.size)


def _entry(run: Run, node: Entry, frame: Frame) -> Worth:
    tensor = node.tensor
    if frame.argument is not None and not node.positions and tensor == ARGUMENT:
        return frame.argument
    at = _positions(run, node.positions, frame)
    entry = run.point.entries_of(tensor)[at]
    if frame.context.leaves:
        return Tape(entry, {(tensor, at): 1})
    value: Worth = entry
    for variable, place, tag in frame.context.seeds:
        if place == at and variable == tensor:
            value = seed(value, tag)
    return value


def _named(run: Run, node: Named, frame: Frame) -> Worth:
    return _entry_of_name(run, node.definition, _positions(run, node.positions, frame), frame)


def _entry_of_name(run: Run, definition: Definition, at: tuple[int, ...], frame: Frame) -> Worth:
    """The value of an entry of a named quantity; on a tape it is a variable of its own."""
    leaves = frame.context.leaves
    context = run.point.context if leaves else frame.context
    value: Value | None = context.values.get((definition, at))
    if value is None:
        if run.nesting >= NESTING:
            raise Postponed(definition, at, context)
        run.nesting += 1
        value = _named_value(run, definition, at, context)
        run.nesting -= 1
    return Tape(value, {(definition, at): 1}) if leaves else value


def _of_matrix(run: Run, node: OfMatrix, frame: Frame) -> Worth:
    """The determinant, or an entry of the inverse, of the matrix of the values of a name."""
    if frame.argument is not None and depends_on(node, ARGUMENT):
        raise LimitReached("a matrix inside the definition of a function")
    at = _positions(run, node.positions, frame)
    others = at[: len(node.others)]
    size = run.point.size(node.matrix.parameters[-1].size)
    run.work.spend(size**3)
    every = range(1, size + 1)
    rows = [
        [_entry_of_name(run, node.matrix, (*others, i, j), frame) for j in every] for i in every
    ]
    bits = run.point.bits
    if node.function is MatrixFunction.DETERMINANT:
        return elimination.determinant(rows, bits)
    return elimination.inverse(rows, bits)[at[-2] - 1][at[-1] - 1]


def _named_value(run: Run, definition: Definition, at: tuple[int, ...], context: Context) -> Value:
    """The value of a named quantity, plus its tags where it is an independent variable."""
    run.work.spend(1)
    scope = dict(zip(definition.parameters, at, strict=True))
    value = value_of(run, definition.body, Frame(scope, None, context))
    for variable, place, tag in context.seeds:
        if variable is definition and place == at:
            value = seed(value, tag)
    check_digits(value)
    assert not isinstance(value, Tape), "names are leaves of tapes"
    context.values[definition, at] = value
    return value


def _delta(run: Run, node: Delta, frame: Frame) -> Worth:
    left, right = _positions(run, (node.left, node.right), frame)
    return 1 if left == right else 0


def _add(run: Run, node: Add, frame: Frame) -> Worth:
    run.work.spend(len(node.terms))
    total: Worth = 0
    for term in node.terms:
        total = total + _RULES[type(term)](run, term, frame)
    return total


def _mul(run: Run, node: Mul, frame: Frame) -> Worth:
    run.work.spend(len(node.factors))
    product: Worth = 1
    for factor in node.factors:
        # No short cut at 0: where another factor has no value, the product has none.
        product = product * _RULES[type(factor)](run, factor, frame)
    return product


def _power(run: Run, node: Power, frame: Frame) -> Worth:
    run.work.spend(1)
    exponent, bits = node.exponent, run.point.bits

    def derivative(k: int, x: Scalar) -> Scalar:
        """d^k/dx^k x^e = e (e-1) ... (e-k+1) x^(e-k)."""
        if not k:
            return power(x, exponent, bits)
        factor = exponent
        for j in range(1, k):
            factor *= exponent - j
        # x^2 has no x^-1 in its third derivative, also at x = 0.
        return power(x, exponent - k, bits) * factor if factor else 0

    return composed(value_of(run, node.base, frame), derivative)


def _sum(run: Run, node: Sum, frame: Frame) -> Worth:
    """A sum inside a sum is worked out once for all values of what it does not depend on."""
    if not run.summing or frame.argument is not None:
        return _summed(run, node, frame)
    key = node, frame.context, tuple([frame.indices[index] for index in indices_of_sum(node)])
    known = run.sums.get(key)
    if known is None:
        known = run.sums[key] = _summed(run, node, frame)
    else:
        run.work.spend(1)
    return known


def _summed(run: Run, node: Sum, frame: Frame) -> Worth:
    index, body, indices = node.index, node.body, frame.indices
    length = run.point.size(index.size)
    run.work.spend(length)
    # The same index may be bound outside: nodes are shared, the inner binder wins.
    outer = indices.get(index)
    rule = _RULES[type(body)]
    total: Worth = 0
    run.summing += 1
    for indices[index] in range(1, length + 1):
        total = total + rule(run, body, frame)
    run.summing -= 1
    if outer is None:
        indices.pop(index, None)
    else:
        indices[index] = outer
    return total


def _apply(run: Run, node: Apply, frame: Frame) -> Worth:
    run.work.spend(1)
    function, order = node.function, node.order
    if order > LARGEST_ORDER:
        raise LimitReached("order of a derivative")
    argument = value_of(run, node.argument, frame)
    check_digits(argument)
    if function.definition is not None:
        return _defined(run, function.definition, order, argument, frame)
    if function is RELU:
        branch = run.point.functions.get(RELU)
        return composed(argument, relu if branch is None else branch.derivative, order)
    bits = run.point.bits
    if function is EXP:
        at = argument.value if isinstance(argument, Tape) else argument
        same = interval.exp(at.value if isinstance(at, Dual) else at, bits)
        return composed(argument, lambda k, x: same, order)
    if function is LOG:
        return composed(argument, lambda k, x: log(k, x, bits), order)
    if function is ERF:
        return composed(argument, lambda k, x: erf(k, x, bits), order)
    return composed(argument, run.point.functions[function].derivative, order)


def _defined(run: Run, definition: Expression, order: int, argument: Worth, frame: Frame) -> Worth:
    """The derivative of some order of a defined function: one tag of `ARGUMENT` an order."""
    tags = [1 << frame.bit + k for k in range(order)]
    for tag in tags:
        argument = seed(argument, tag)
    inner = Frame({}, argument, frame.context, frame.bit + order)
    value = value_of(run, definition, inner)
    for tag in tags:
        value = coefficient(value, tag)
    return value


def _derivative(run: Run, node: Derivative, frame: Frame) -> Worth:
    run.work.spend(1)
    at = _positions(run, node.positions, frame)
    if frame.context.leaves:
        raise NoTape
    if isinstance(node.body, Named) and frame.argument is None and not frame.context.seeds:
        root = node.body.definition, _positions(run, node.body.positions, frame)
        value = _swept(run, root, (node.variable, at))
        if value is not None:
            return value
    bit, argument = frame.bit, frame.argument
    if argument is not None and node.variable == ARGUMENT:
        # By the argument of the function being defined: nothing outside depends on it.
        inner = Frame(frame.indices, seed(argument, 1 << bit), frame.context, bit + 1)
    else:
        inner = Frame(frame.indices, argument, frame.context.child(node.variable, at, bit))
    return coefficient(value_of(run, node.body, inner), 1 << bit)


def _swept(run: Run, root: Leaf, variable: Leaf) -> Value | None:
    """The derivative of a named quantity, found in reverse; None where that way is not open.

    Reverse differentiation needs a value of every derivative on its way, also of those that
    the one asked for does not need.
    """
    sweeps = run.point.sweeps
    if sweeps is None:
        return None
    if root not in sweeps:
        definition, at = root
        assert isinstance(definition, Definition)
        sweeps[root] = Sweep(definition, at)
    sweep = sweeps[root]
    if sweep is None:
        return None
    try:
        return sweep.derivative(*variable, lambda name, at: _tape(run, name, at))
    except (NoValue, NoTape):
        sweeps[root] = None
        return None


def _tape(run: Run, definition: Definition, at: tuple[int, ...]) -> Tape:
    """A named quantity with its derivatives by all that its definition mentions."""
    tape = run.point.tapes.get((definition, at))
    if tape is None:
        run.work.spend(1)
        scope = dict(zip(definition.parameters, at, strict=True))
        value = value_of(run, definition.body, Frame(scope, None, run.point.leaves))
        tape = value if isinstance(value, Tape) else Tape(value, {})
        run.work.spend(len(tape.partials))
        run.point.tapes[definition, at] = tape
    return tape


def check_digits(value: Worth | Tape) -> None:
    """`LimitReached` where a number grows out of hand (nested powers square its digits)."""
    if isinstance(value, Tape):
        value = value.value
    if isinstance(value, Dual):
        value = value.value
    if isinstance(value, int):
        digits = value.bit_length()
    elif isinstance(value, Interval):
        digits = max(value.low.bit_length(), value.high.bit_length())
    else:
        digits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if digits > LARGEST_BITS:
        raise LimitReached("digits of a number")


_RULES: dict[type[Expression], Callable[[Run, Any, Frame], Worth]] = {
    Number: _number,
    Constant: _constant,
    SizeValue: _size_value,
    Entry: _entry,
    Named: _named,
    OfMatrix: _of_matrix,
    Delta: _delta,
    Add: _add,
    Mul: _mul,
    Power: _power,
    Sum: _sum,
    Apply: _apply,
    Derivative: _derivative,
}
