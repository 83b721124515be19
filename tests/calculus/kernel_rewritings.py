"""Random rewritings of an expression that keep its value, by the laws of sums and products.

Written for the tests alone: nothing of the kernel's substitution is used. A chain of
definitions is opened one name at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from kernel_builders import add, mul, negate, number
from kernel_edits import children, moved

from symgrad.calculus.expression import (
    Add,
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Expression,
    Mul,
    Named,
    Number,
    Power,
    Sum,
)
from symgrad.calculus.index import Index, fresh

Rule = Callable[[Random, Expression], Expression | None]
Place = tuple[Expression, Callable[[Expression], Expression]]


def rewritten(expression: Expression, random: Random, steps: int) -> tuple[Expression, list[str]]:
    """The expression after some random steps, and their names."""
    done: list[str] = []
    rules = list(RULES)
    for _ in range(steps):
        random.shuffle(rules)
        places = _places(expression, lambda new: new)
        random.shuffle(places)
        found = _first(rules, places[:60], random)
        if found is None or len(places) > 2000:
            break
        name, expression = found
        done.append(name)
    return expression, done


def _first(rules: list[Rule], places: list[Place], random: Random) -> tuple[str, Expression] | None:
    """The first rule that applies somewhere, applied at the first such place."""
    for rule in rules:
        for node, rebuild in places:
            changed = rule(random, node)
            if changed is not None:
                return rule.__name__, rebuild(changed)
    return None


def _places(node: Expression, rebuild: Callable[[Expression], Expression]) -> list[Place]:
    """Every node of the tree with the way back to the whole.

    Not below a derivative by a name: opening that very name there would change its value.
    """
    found = [(node, rebuild)]
    if isinstance(node, Derivative) and isinstance(node.variable, Definition):
        return found
    for child, inner in children(node):
        found += _places(child, lambda new, inner=inner: rebuild(inner(new)))
    return found


def free_of(node: Expression) -> dict[Index, None]:
    """Free indices, in the order of their first use."""
    if isinstance(node, Delta):
        return dict.fromkeys(p for p in (node.left, node.right) if isinstance(p, Index))
    found = dict.fromkeys(p for p in getattr(node, "positions", ()) if isinstance(p, Index))
    for child, _ in children(node):
        found |= free_of(child)
    if isinstance(node, Sum):
        found.pop(node.index, None)
    return found


def shuffle(random: Random, node: Expression) -> Expression | None:
    """Terms or factors in another order."""
    if not isinstance(node, Add | Mul):
        return None
    parts = list(node.terms if isinstance(node, Add) else node.factors)
    random.shuffle(parts)
    return type(node)(tuple(parts))


def rename_bound(random: Random, node: Expression) -> Expression | None:
    """sum_k a_k = sum_l a_l."""
    if not isinstance(node, Sum):
        return None
    other = fresh(random.choice("abk"), node.index.size)
    return Sum(other, moved(node.body, node.index, other))


def distribute(random: Random, node: Expression) -> Expression | None:
    """a (b + c) = a b + a c."""
    if not isinstance(node, Mul):
        return None
    sums = [k for k, factor in enumerate(node.factors) if isinstance(factor, Add)]
    if not sums:
        return None
    place = random.choice(sums)
    rest = node.factors[:place] + node.factors[place + 1 :]
    return Add(tuple(Mul((*rest, term)) for term in node.factors[place].terms))


def factor_out(random: Random, node: Expression) -> Expression | None:
    """a b + a c = a (b + c), where both have the very factor a."""
    if not isinstance(node, Add):
        return None
    factors = [list(t.factors) if isinstance(t, Mul) else [t] for t in node.terms]
    shapes = [[_shape(part) for part in parts] for parts in factors]
    for shape in shapes[0]:
        if all(shape in others for others in shapes[1:]):
            taken = [
                parts.pop(own.index(shape)) for parts, own in zip(factors, shapes, strict=True)
            ]
            return Mul((Add(tuple(mul(*parts) for parts in factors)), taken[0]))
    return None


def _shape(node: Expression) -> str:
    """The tree as text; equal texts mean the same tree."""
    names = [getattr(node, key, None) for key in ("tensor", "definition", "function", "order")]
    plain = [getattr(node, key, None) for key in ("value", "exponent", "size", "index", "variable")]
    below = [_shape(child) for child, _ in children(node)]
    places = getattr(node, "positions", ()) or (
        (node.left, node.right) if isinstance(node, Delta) else ()
    )
    marks = [p.uid if isinstance(p, Index) else p.value for p in places]
    fixed = [not isinstance(p, Index) for p in places]
    return f"{type(node).__name__}{[*map(id, names)]}{plain}{marks}{fixed}{below}"


def split_sum(random: Random, node: Expression) -> Expression | None:
    """sum (a + b) = sum a + sum b."""
    if not (isinstance(node, Sum) and isinstance(node.body, Add)):
        return None
    return Add(tuple(Sum(node.index, term) for term in node.body.terms))


def exchange_sums(random: Random, node: Expression) -> Expression | None:
    """sum_k sum_l a = sum_l sum_k a."""
    if not (isinstance(node, Sum) and isinstance(node.body, Sum)):
        return None
    return Sum(node.body.index, Sum(node.index, node.body.body))


def pull_out(random: Random, node: Expression) -> Expression | None:
    """sum_k c a_k = c sum_k a_k, c without k."""
    if not (isinstance(node, Sum) and isinstance(node.body, Mul)):
        return None
    inside = [part for part in node.body.factors if node.index in free_of(part)]
    outside = [part for part in node.body.factors if node.index not in free_of(part)]
    return Mul((*outside, Sum(node.index, mul(*inside)))) if outside and inside else None


def push_in(random: Random, node: Expression) -> Expression | None:
    """c sum_k a_k = sum_l c a_l, l new."""
    if not isinstance(node, Mul):
        return None
    sums = [k for k, factor in enumerate(node.factors) if isinstance(factor, Sum)]
    if not sums:
        return None
    place = random.choice(sums)
    chosen = node.factors[place]
    other = fresh("k", chosen.index.size)
    body = moved(chosen.body, chosen.index, other)
    return Sum(other, Mul((*node.factors[:place], body, *node.factors[place + 1 :])))


def insert_delta(random: Random, node: Expression) -> Expression | None:
    """a_i = sum_k delta_ik a_k; not for a name, which may have no value at some k."""
    if not isinstance(node, Entry):
        return None
    free = [p for p in node.positions if isinstance(p, Index)]
    if not free:
        return None
    old = random.choice(free)
    other = fresh("k", old.size)
    ends = (old, other) if random.random() < 0.5 else (other, old)
    return Sum(other, Mul((Delta(*ends), moved(node, old, other))))


def turn_delta(random: Random, node: Expression) -> Expression | None:
    """delta_ij = delta_ji."""
    return Delta(node.right, node.left) if isinstance(node, Delta) else None


def use_delta(random: Random, node: Expression) -> Expression | None:
    """delta_ij a_i = delta_ij a_j."""
    if not isinstance(node, Mul):
        return None
    for k, factor in enumerate(node.factors):
        if isinstance(factor, Delta) and isinstance(factor.left, Index):
            rest = node.factors[:k] + node.factors[k + 1 :]
            return Mul((factor, *[moved(part, factor.left, factor.right) for part in rest]))
    return None


def name_it(random: Random, node: Expression) -> Expression | None:
    """A name for a sub-expression, with its free indices as parameters."""
    if isinstance(node, Number | Entry | Delta) or not children_of(node):
        return None
    free = list(free_of(node))
    random.shuffle(free)
    body = node
    parameters = [fresh("p", index.size) for index in free]
    for index, parameter in zip(free, parameters, strict=True):
        body = moved(body, index, parameter)
    return Named(Definition(f"N{random.randrange(100)}", tuple(parameters), body), tuple(free))


def children_of(node: Expression) -> list[Expression]:
    return [child for child, _ in children(node)]


def open_name(random: Random, node: Expression) -> Expression | None:
    """The body for the name."""
    if not isinstance(node, Named):
        return None
    body = node.definition.body
    middle = [fresh("q", p.size) for p in node.definition.parameters]
    for old, new in zip(node.definition.parameters, middle, strict=True):
        body = moved(body, old, new)
    for old, place in zip(middle, node.positions, strict=True):
        body = moved(body, old, place)
    return body


def open_square(random: Random, node: Expression) -> Expression | None:
    """a^2 = a a; a^3 = a a^2."""
    if not isinstance(node, Power) or node.exponent not in (2, 3):
        return None
    return Mul((node.base, Power(node.base, node.exponent - 1)))


def split_number(random: Random, node: Expression) -> Expression | None:
    """c = c/3 + 2c/3."""
    if not isinstance(node, Number):
        return None
    return Add((number(node.value / 3), number(2 * node.value / 3)))


def double_and_halve(random: Random, node: Expression) -> Expression | None:
    """a = 2 (a / 2); a = (-1)(-a)."""
    if isinstance(node, Number):
        return None
    if random.random() < 0.5:
        return Mul((number(2), Mul((node, number(Fraction(1, 2))))))
    return Mul((number(-1), Mul((number(-1), node))))


def add_and_take(random: Random, node: Expression) -> Expression | None:
    """a = a + b - b, b one of the entries in a."""
    entries = [part for part, _ in _places(node, lambda new: new) if isinstance(part, Entry)]
    visible = free_of(node)
    usable = [
        e for e in entries if all(not isinstance(p, Index) or p in visible for p in e.positions)
    ]
    if not usable or isinstance(node, Derivative):
        return None
    chosen = random.choice(usable)
    return add(node, chosen, negate(chosen))


def half_and_half(random: Random, node: Expression) -> Expression | None:
    """f(a) = f(a)/2 + f(a)/2."""
    if not isinstance(node, Apply):
        return None
    half = Mul((number(Fraction(1, 2)), node))
    return Add((half, half))


RULES: tuple[Rule, ...] = (
    shuffle,
    rename_bound,
    distribute,
    factor_out,
    split_sum,
    exchange_sums,
    pull_out,
    push_in,
    insert_delta,
    turn_delta,
    use_delta,
    name_it,
    open_name,
    open_square,
    split_number,
    double_and_halve,
    add_and_take,
    half_and_half,
)
