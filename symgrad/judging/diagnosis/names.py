"""Names and indices that stand for others."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.pool import Atom
from symgrad.judging.diagnosis.sites import Move, Site, Table, call_of, is_call
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts


def other_names(site: Site) -> Iterator[Move]:
    """An entry, or an array, for another one."""
    if isinstance(site.node, syntax.Scripted | syntax.Symbol | syntax.Accent):
        own, letters = _array_and_letters(site.node)
        head = ""
        arrays = site.pool.arrays
    elif isinstance(site.node, syntax.Product) and is_call(site):
        head, argument = call_of(site.node)
        own, letters = _array_and_letters(argument)
        arrays = [a for a in site.pool.applied if a.function.replace(" ", "") == head]
    else:
        return
    if own is None:
        return
    moves = []
    for atom in site.atoms(arrays):
        at = [n.name for n in atom.at]
        if (atom.array.name == own and at == letters) or atom.text == site.pool.left:
            continue
        slug, says = _renamed(site, own, letters, atom, at)
        table = _exchanged(site, atom)
        moves.append(Move(slug, says, site.replaced(atom.text), site.hole, table))
    order = ("swapped-index", "wrong-layer", "wrong-argument", "wrong-variable")
    yield from sorted(moves, key=lambda m: order.index(m.mistake))


MOST_EVERYWHERE = 6
"""Names that are tried in the place of one that occurs more than once."""


def everywhere(site: Site) -> Iterator[Move]:
    """One name for another wherever it stands: z (1 - z) for h (1 - h)."""
    if site.place.parent is not None:
        return
    uses: dict[tuple[str, tuple[str, ...]], list[Site]] = {}
    for node in site.holes:
        if isinstance(node, syntax.Scripted | syntax.Symbol | syntax.Accent):
            own, at = _array_and_letters(node)
            if own is not None:
                other = Site(site.step, site.pool, site.holes[node], site.holes)
                uses.setdefault((own, tuple(at)), []).append(other)
    for (name, letters), places in uses.items():
        if len(places) < 2:
            continue
        first = places[0]
        atoms = [a for a in first.atoms(site.pool.arrays) if a.array.name != name]
        atoms = [a for a in atoms if tuple(n.name for n in a.at) == letters]
        for atom in atoms[:MOST_EVERYWHERE]:
            slug, says = _renamed(first, name, list(letters), atom, list(letters))
            edits = tuple(Edit(place.node.span, atom.text) for place in places)
            slug = "wrong-variable" if slug == "wrong-argument" else slug
            yield Move(slug, f"{says}, in all {len(places)} places", edits, site.hole)


def _renamed(
    site: Site, own: str, letters: list[str], atom: Atom, at: list[str]
) -> tuple[str, str]:
    says = f"{site.text} should be {atom.text}{site.where}"
    if atom.array.name == own:
        return "swapped-index", says
    if _stem(atom.array.name) == _stem(own) and at == letters:
        return "wrong-layer", says
    if site.place.argument or isinstance(site.node, syntax.Product):
        return "wrong-argument", says
    return "wrong-variable", says


def _stem(name: str) -> str:
    r"""A name without its layer: `W` of `W^{(2)}` and `W'`."""
    return name.split("^")[0].split("_")[0].rstrip("'")


def _exchanged(site: Site, atom: Atom) -> Table:
    return lambda probe: site.entries(atom, probe)


def _array_and_letters(node: syntax.Node) -> tuple[str | None, list[str]]:
    """Name and subscripts of `[W]_{i,j}`, `W_{ij}` or `W`."""
    base, sub, _, _ = parts(node)
    if isinstance(base, syntax.Group) and len(base.items) == 1:
        base = base.items[0]
        whole = key_or_none(base)
    elif isinstance(node, syntax.Scripted) and sub is not None:
        whole = key_or_none(
            syntax.Scripted(node.span, node.base, None, node.superscript, node.primes)
        )
        whole = key_or_none(node.base) if node.superscript is None and not node.primes else whole
    else:
        return key_or_none(node), []
    if sub is None:
        return whole, []
    items = sub.items if isinstance(sub, syntax.Listing) else (sub,)
    if isinstance(sub, syntax.Product):
        items = sub.factors
    return whole, [key_or_none(item) or "" for item in items]
