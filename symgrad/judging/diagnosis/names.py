"""Names and indices that stand for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.diagnostics import Edit
from symgrad.judging.diagnosis.pool import Atom
from symgrad.judging.diagnosis.probe import At, Number, Probe
from symgrad.judging.diagnosis.sites import Move, Site, Table, call_of, is_call
from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.records import replace


def other_names(site: Site) -> Iterator[Move]:
    """An entry, or an array, for another one."""
    if isinstance(site.node, syntax.Scripted | syntax.Symbol | syntax.Accent):
        named, power = _without_power(site.node)
        own, letters = _array_and_letters(named)
        arrays = site.pool.arrays
    elif isinstance(site.node, syntax.Product) and is_call(site):
        head, argument = call_of(site.node)
        own, letters = _array_and_letters(argument)
        power = ""
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
        slug, says = _renamed(site, own, letters, atom, at, power)
        table = _exchanged(site, atom, int(power or 1))
        text = f"{atom.text}^{power}" if power else atom.text
        moves.append(Move(slug, says, site.replaced(text), site.hole, table))
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


def _without_power(node: syntax.Node) -> tuple[syntax.Node, str]:
    """An entry without its exponent 2 or 3, and the exponent."""
    match node:
        case syntax.Scripted(superscript=syntax.Numeral(text="2" | "3" as power)):
            if node.subscript is not None:
                return replace(node, superscript=None), power
    return node, ""


def _renamed(
    site: Site, own: str, letters: list[str], atom: Atom, at: list[str], power: str = ""
) -> tuple[str, str]:
    new = f"{atom.text}^{power}" if power else atom.text
    says = f"{site.text} should be {new}{site.where}"
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


def _exchanged(site: Site, atom: Atom, power: int = 1) -> Table:
    def table(probe: Probe) -> Mapping[At, Number]:
        found = dict(site.entries(atom, probe))
        for at, value in found.items():
            for _ in range(power - 1):
                found[at] = found[at] * value
        return found

    return table


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
