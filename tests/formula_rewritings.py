"""Rewritings of the trees of `formula_trees` that keep the value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from formula_note import Claim, FormulaNote
from formula_trees import (
    Tree,
    minus,
    name,
    negative,
    number,
    plus,
    subtrees,
    times,
    total,
    transposed,
)

Rule = Callable[[Random, Tree], Tree | None]


def rewritten(
    note: FormulaNote, claim: Claim, random: Random
) -> tuple[FormulaNote, Claim, list[str]]:
    """The claim after a few random steps; one of them may give a sub-expression a name."""
    done = []
    right = claim.right
    for _ in range(random.choice([1, 2, 3, 5])):
        rules = list(RULES)
        random.shuffle(rules)
        found = _first(rules, right, random)
        if found is not None:
            done.append(found[0])
            right = found[1]
    if random.random() < 0.4:
        named = _named(note, right, random)
        if named is not None:
            note, right = named
            done.append("name a part")
    return note, replace(claim, right=right), done


def _first(rules: list[Rule], tree: Tree, random: Random) -> tuple[str, Tree] | None:
    places = list(subtrees(tree))
    random.shuffle(places)
    for rule in rules:
        for node, rebuild in places:
            changed = rule(random, node)
            if changed is not None:
                return rule.__name__, rebuild(changed)
    return None


def _named(note: FormulaNote, tree: Tree, random: Random) -> tuple[FormulaNote, Tree] | None:
    """A new definition for a part of an array formula; of an index formula for a free part."""
    places = [
        (node, rebuild)
        for node, rebuild in subtrees(tree)
        if node.operation in ("matmul", "had", "plus", "apply") and not _indexed(node)
    ]
    if not places:
        return None
    node, rebuild = random.choice(places)
    definitions = {**note.definitions, "Q": ((), node)}
    return replace(note, definitions=definitions), rebuild(name("Q"))


def _indexed(node: Tree) -> bool:
    return any(below.operation in ("entry", "delta", "sum") for below, _ in subtrees(node))


def shuffle(random: Random, node: Tree) -> Tree | None:
    """Terms, numbers and entry-wise factors in another order."""
    if node.operation not in ("plus", "times", "had"):
        return None
    parts = list(node.parts)
    random.shuffle(parts)
    return replace(node, parts=tuple(parts))


def distribute(random: Random, node: Tree) -> Tree | None:
    """a (b + c) = a b + a c, for every kind of product."""
    if node.operation not in ("times", "had", "matmul"):
        return None
    for k, part in enumerate(node.parts):
        if part.operation == "plus":
            before, after = node.parts[:k], node.parts[k + 1 :]
            return plus(*[_signed(node, before, term, after) for term in part.parts])
    return None


def _signed(node: Tree, before: tuple, term: Tree, after: tuple) -> Tree:
    if term.operation == "negative":
        return negative(replace(node, parts=(*before, term.parts[0], *after)))
    return replace(node, parts=(*before, term, *after))


def split_sum(random: Random, node: Tree) -> Tree | None:
    """sum (a + b) = sum a + sum b."""
    if node.operation != "sum" or node.parts[0].operation != "plus":
        return None
    terms = []
    for term in node.parts[0].parts:
        if term.operation == "negative":
            terms.append(negative(replace(node, parts=term.parts)))
        else:
            terms.append(replace(node, parts=(term,)))
    return plus(*terms)


def rename(random: Random, node: Tree) -> Tree | None:
    """sum_k a_k = sum_l a_l, l a letter that occurs nowhere."""
    if node.operation != "sum":
        return None
    index, size = node.what
    used = {word for below, _ in subtrees(node) for word in below.what}
    letters = [letter for letter in ("k", "l", "v", r"\mu", "d") if letter not in used]
    if not letters or any(b.operation == "sum" for b, _ in subtrees(node.parts[0])):
        return None
    new = random.choice(letters)
    return total(new, size, _replaced(node.parts[0], index, new))


def _replaced(tree: Tree, old: str, new: str) -> Tree:
    parts = tuple(_replaced(part, old, new) for part in tree.parts)
    what = tree.what
    if tree.operation == "entry":
        what = (what[0], *[new if w == old else w for w in what[1:]])
    if tree.operation == "delta":
        what = tuple(new if w == old else w for w in what)
    return replace(tree, parts=parts, what=what)


def push_in(random: Random, node: Tree) -> Tree | None:
    """c sum_k a_k = sum_k c a_k, c without k."""
    if node.operation != "times" or node.parts[-1].operation != "sum":
        return None
    inner = node.parts[-1]
    used = {w for part in node.parts[:-1] for below, _ in subtrees(part) for w in below.what}
    if inner.what[0] in used:
        return None
    body = inner.parts[0]
    factors = body.parts if body.operation == "times" else (body,)
    return total(*inner.what, times(*node.parts[:-1], *factors))


def transpose_product(random: Random, node: Tree) -> Tree | None:
    """(A B)^T = B^T A^T; A B = (B^T A^T)^T."""
    if node.operation == "matmul" and len(node.parts) > 1:
        parts = [p.parts[0] if p.operation == "transpose" else transposed(p) for p in node.parts]
        return transposed(replace(node, parts=tuple(reversed(parts))))
    if node.operation == "transpose" and node.parts[0].operation == "matmul":
        parts = [
            p.parts[0] if p.operation == "transpose" else transposed(p) for p in node.parts[0].parts
        ]
        return replace(node.parts[0], parts=tuple(reversed(parts)))
    return None


def transpose_sum(random: Random, node: Tree) -> Tree | None:
    """(A + B)^T = A^T + B^T."""
    if node.operation == "transpose" and node.parts[0].operation in ("plus", "had"):
        return replace(node.parts[0], parts=tuple(transposed(p) for p in node.parts[0].parts))
    return None


def turn_sign(random: Random, node: Tree) -> Tree | None:
    """a - b = -(b - a)."""
    if node.operation == "plus" and len(node.parts) == 2 and node.parts[1].operation == "negative":
        return negative(minus(node.parts[1].parts[0], node.parts[0]))
    return None


def halves(random: Random, node: Tree) -> Tree | None:
    """a b = 2 (a b) / 2, for products of numbers."""
    if node.operation not in ("times", "sum"):
        return None
    half = Tree("over", (number(1), number(2)))
    factors = node.parts if node.operation == "times" else (node,)
    return times(number(2), half, *factors)


def turn_delta(random: Random, node: Tree) -> Tree | None:
    """delta_ij = delta_ji."""
    return replace(node, what=node.what[::-1]) if node.operation == "delta" else None


RULES: tuple[Rule, ...] = (
    shuffle,
    distribute,
    split_sum,
    rename,
    push_in,
    transpose_product,
    transpose_sum,
    turn_sign,
    halves,
    turn_delta,
)
