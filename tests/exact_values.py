r"""What the equations of `derivations/three-layers.md` are worth, for the tests only.

Both sides are worked out in exact rational numbers at given sizes, from the reading of
`exact_note`, without a line of symgrad. Derivatives are exact too: along one entry the loss
of a ReLU network is, near a point off the kinks, a polynomial of degree two, whose central
difference is its derivative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
from exact_note import OPENING, Note, NotReadError, OutsideError, name_of, split

_STEP = Fraction(1, 10**12)
MOST_ENTRIES = 9
"""No axis is as long."""

_INDEX = re.compile("[a-z]'*")
SEEDS = (8, 2)

Value = Fraction | np.ndarray


@dataclass
class World:
    """Values of all names at one point; some may be set to another value than their own."""

    note: Note
    sizes: dict[str, int]
    given: dict[str, np.ndarray]
    fixed: dict[str, Value] = field(default_factory=dict)
    known: dict[str, Value | None] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        if name in self.fixed:
            return self.fixed[name]
        if name in self.given:
            return self.given[name]
        if name not in self.note.definitions:
            raise NotReadError(f"nothing is called {name}")
        if name not in self.known:
            self.known[name] = None
            self.known[name] = self._defined(name)
        value = self.known[name]
        if value is None:
            raise NotReadError(f"{name} is defined by itself")
        return value

    def _defined(self, name: str) -> Value:
        index, indices, body = self.note.definitions[name]
        if index is None:
            return evaluate(body, self, {})
        if index not in indices:
            raise NotReadError(f"no index is called {index}")
        places = range(1, self.sizes[indices[index]] + 1)
        entries = [number(evaluate(body, self, {index: place})) for place in places]
        return np.array(entries, dtype=object).reshape(-1, 1)

    def derivative(self, of: list[str], name: str, place: tuple[int, ...] | None) -> Value:
        """Derivative of a number by an entry of a name, or by all of them."""
        base = self.value(name)
        if not isinstance(base, np.ndarray):
            raise NotReadError("a derivative by a number")
        if place is not None:
            return self._slope(of, name, base, (place[0] - 1, place[1] - 1 if place[1:] else 0))
        slopes = [self._slope(of, name, base, where) for where in np.ndindex(base.shape)]
        return np.array(slopes, dtype=object).reshape(base.shape)

    def _slope(
        self, of: list[str], name: str, base: np.ndarray, place: tuple[int, int]
    ) -> Fraction:
        def at(step: Fraction) -> Fraction:
            moved = base.copy()
            moved[place] += step
            world = World(self.note, self.sizes, self.given, {**self.fixed, name: moved})
            return number(evaluate(of, world, {}))

        slope = (at(_STEP) - at(-_STEP)) / (2 * _STEP)
        if slope != (at(_STEP / 2) - at(-_STEP / 2)) / _STEP:
            raise NotReadError("no derivative here")
        return slope

    def apply(self, name: str, order: int, argument: Value) -> Value:
        if isinstance(argument, np.ndarray):
            entries = [self.apply(name, order, number(x)) for x in argument.flat]
            return np.array(entries, dtype=object).reshape(argument.shape)
        parameter, body = self.note.function[name]

        def at(x: Fraction) -> Fraction:
            return number(evaluate(body, self, {parameter: x}))

        if order == 0:
            return at(argument)
        left = at(argument) - at(argument - _STEP)
        if order > 1 or left != at(argument + _STEP) - at(argument):
            raise NotReadError("no derivative here")
        return left / _STEP


def number(value: Value) -> Fraction:
    if isinstance(value, np.ndarray):
        raise NotReadError("a number is due")
    return Fraction(value)


def evaluate(words: list[str], world: World, names: dict[str, int | Fraction]) -> Value:
    """The value of an expression, with values for its indices and numbers."""
    reader = _Expression(words, world, names)
    value = reader.terms()
    if reader.place < len(words):
        raise NotReadError(words[reader.place :])
    return value


class _Expression:
    """Evaluates while reading: terms of factors of atoms."""

    def __init__(self, words: list[str], world: World, names: dict[str, int | Fraction]) -> None:
        self.words, self.world, self.names = words, world, names
        self.place = 0

    def peek(self) -> str:
        return self.words[self.place] if self.place < len(self.words) else ""

    def take(self, *expected: str) -> str:
        word = self.peek()
        if not word or (expected and word not in expected):
            raise NotReadError(f"{word!r} for {expected} in {' '.join(self.words)}")
        self.place += 1
        return word

    def inside(self) -> list[str]:
        """What is between the bracket here and the one that closes it."""
        opening = self.take(*OPENING)
        start, depth = self.place, 1
        while depth:
            word = self.take()
            depth += (word == opening) - (word == OPENING[opening])
        return self.words[start : self.place - 1]

    def terms(self) -> Value:
        sign = -1 if self.peek() in "+-" and self.peek() and self.take() == "-" else 1
        total = sign * self.term()
        while self.peek() in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
            term = sign * self.term()
            if np.shape(term) != np.shape(total):
                raise NotReadError("a sum of two shapes")
            total = total + term
        return total

    def term(self) -> Value:
        value = self.factor()
        while self.peek() and self.peek() not in "+-&" and self.peek() != r"\\":
            sign = self.take() if self.peek() in (r"\times", r"\odot", r"\cdot") else ""
            value = _times(value, sign, self.factor())
        return value

    def factor(self) -> Value:
        if self.peek() == r"\sum":
            return self.sum()
        value = self.atom()
        while self.peek() == "^":
            self.take()
            if self.peek() == "{" and self.words[self.place + 1 : self.place + 3] == [r"\top", "}"]:
                self.inside()
                value = _transposed(value)
            elif self.peek() == r"\top":
                self.take()
                value = _transposed(value)
            else:
                value = number(value) ** _integer(self.take())
        return value

    def sum(self) -> Value:
        self.take(r"\sum")
        low = []
        if self.peek() == "_":
            self.take()
            low = self.inside()
        if self.peek() != "^":
            return self.whole_axis("".join(low))
        self.take("^")
        high = self.inside() if self.peek() == "{" else [self.take()]
        index, _, first = "".join(low).partition("=")
        if not low:
            index, first = self.only_unknown_index(), "1"
        if not _INDEX.fullmatch(index) or len(high) != 1 or high[0] not in self.world.sizes:
            raise NotReadError("a sum needs an index and two bounds")
        start, total, outside = self.place, Fraction(0), self.names
        for at in range(_integer(first), self.world.sizes[high[0]] + 1):
            self.place, self.names = start, {**outside, index: at}
            term = self.term()
            total = term if at == _integer(first) else total + term
        self.names = outside
        return total

    def whole_axis(self, low: str) -> Value:
        """A sum from 1 without an upper bound: as far as there are entries."""
        index, _, first = low.partition("=")
        if not _INDEX.fullmatch(index) or first != "1":
            raise NotReadError("a sum needs an index and two bounds")
        start, outside = self.place, self.names
        total, at = None, 1
        while True:
            self.place, self.names = start, {**outside, index: at}
            try:
                term = self.term()
            except OutsideError:
                break
            total = term if total is None else total + term
            end, at = self.place, at + 1
            if at > MOST_ENTRIES:
                raise NotReadError("the index stands at no axis")
        if total is None:
            raise NotReadError("a sum without a term")
        self.place, self.names = end, outside
        return total

    def only_unknown_index(self) -> str:
        """The index of a sum that names none: the only letter of the rest that has no value."""
        rest = {w for w in self.words[self.place :] if _INDEX.fullmatch(w)}
        unknown = rest - self.names.keys() - self.world.sizes.keys()
        if len(unknown) != 1:
            raise NotReadError("a sum needs an index and two bounds")
        return unknown.pop()

    def atom(self) -> Value:
        word = self.peek()
        if word.isdigit():
            return Fraction(self.take())
        if word == "(":
            return self.within(self.inside())
        if word == "{":
            return self.within(self.inside())
        if word == "[":
            return self.entry(self.within(self.inside()))
        if word == r"\|":
            return self.square()
        if word == r"\dfrac":
            return self.fraction()
        if word == r"\max":
            self.take()
            return max(number(self.within(part)) for part in split(self.inside(), ","))
        if word == r"\begin{cases}":
            return self.cases()
        if word in self.world.note.function:
            return self.call()
        return self.named()

    def within(self, words: list[str]) -> Value:
        return evaluate(words, self.world, self.names)

    def subscripts(self) -> tuple[int, ...]:
        self.take("_")
        inner = self.inside() if self.peek() == "{" else [self.take()]
        places = []
        for part in split(inner, ","):
            place = self.names.get("".join(part))
            if not isinstance(place, int):
                raise NotReadError(f"no index is called {part}")
            places.append(place)
        return tuple(places)

    def entry(self, array: Value) -> Fraction:
        return array[self.position(array, self.subscripts())]

    @staticmethod
    def position(array: Value, places: tuple[int, ...]) -> tuple[int, int]:
        if not isinstance(array, np.ndarray) or len(places) != (1 if array.shape[1] == 1 else 2):
            raise NotReadError("subscripts that do not fit")
        row, column = (*places, 1)[:2]
        if not (1 <= row <= array.shape[0] and 1 <= column <= array.shape[1]):
            raise OutsideError("outside of the array")
        return row - 1, column - 1

    def square(self) -> Fraction:
        self.take(r"\|")
        end = self.words.index(r"\|", self.place)
        array = self.within(self.words[self.place : end])
        if not isinstance(array, np.ndarray) or array.shape[1] != 1:
            raise NotReadError("the norm of a vector is due")
        self.place = end + 1
        self.take("^")
        self.take("2")
        return sum(x * x for x in array.flat)

    def fraction(self) -> Value:
        self.take(r"\dfrac")
        above, below = self.inside(), self.inside()
        if above[:1] != [r"\partial"] or below[:1] != [r"\partial"]:
            return number(self.within(above)) / number(self.within(below))
        if below[1:2] != ["["]:
            return self.world.derivative(above[1:], name_of(below[1:]), None)
        end = below.index("]")
        name = name_of(below[2:end])
        places = _Expression(below[end + 1 :], self.world, self.names)
        at = places.subscripts()
        if places.peek():
            raise NotReadError(below)
        self.position(self.world.value(name), at)
        return self.world.derivative(above[1:], name, at)

    def cases(self) -> Value:
        rows = [split(row, "&") for row in split(self.inside(), r"\\")]
        for row in rows:
            condition = row[1] if row[1:] else []
            if not condition:
                return self.within(row[0])
            sides = split(condition, ">", "<")
            left, right = (number(self.within(side)) for side in sides)
            if left > right if ">" in condition else left < right:
                return self.within(row[0])
        raise NotReadError("no case holds")

    def call(self) -> Value:
        name, order = self.take(), 0
        while self.peek() == "'":
            self.take()
            order += 1
        if self.peek() != "(":
            raise NotReadError("a function without its argument")
        return self.world.apply(name, order, self.within(self.inside()))

    def named(self) -> Value:
        words = [self.take()]
        if words == [r"\tilde"]:
            words.append(self.take())
        if isinstance(self.names.get(words[0]), Fraction):
            return self.names[words[0]]
        if self.peek() == "^" and self.words[self.place + 1 : self.place + 3] == ["{", "("]:
            self.take()
            words += ["^", "{", *self.inside(), "}"]
        return self.world.value(name_of(words))


def _integer(word: str) -> int:
    if not word.isdigit():
        raise NotReadError(f"{word} is no number")
    return int(word)


def _transposed(value: Value) -> Value:
    return value.T if isinstance(value, np.ndarray) else value


def _times(left: Value, sign: str, right: Value) -> Value:
    arrays = isinstance(left, np.ndarray) + isinstance(right, np.ndarray)
    if sign == r"\odot":
        if arrays < 2 or left.shape != right.shape:
            raise NotReadError("entries that do not pair up")
        return left * right
    if arrays < 2:
        return left * right
    if sign or left.shape[1] != right.shape[0]:
        raise NotReadError("matrices that do not fit")
    return left @ right


# -- checking -----------------------------------------------------------------


def worlds(note: Note) -> Iterator[World]:
    """Two points, at sizes of which each is larger than each other in one of them.

    At both, each layer has entries on either side of the kink.
    """
    count = len(note.sizes)
    for seed, lengths in ((SEEDS[0], range(2, 2 + count)), (SEEDS[1], range(1 + count, 1, -1))):
        random = Random(seed)
        sizes = dict(zip(note.sizes, lengths, strict=True))
        given = {}
        for name, axes in note.axes.items():
            shape = [sizes[a] for a in axes] + [1] * (2 - len(axes))
            entries = [
                Fraction(random.randint(-30, 30), random.randint(1, 9)) + Fraction(1, 97)
                for _ in range(shape[0] * shape[1])
            ]
            given[name] = np.array(entries, dtype=object).reshape(shape)
        yield World(note, sizes, given)


@dataclass
class Checker:
    """Says of notes whether all their claims are true; keeps what it found of each claim."""

    known: dict[str, tuple[list[World], dict[str, bool]]] = field(default_factory=dict)

    def holds(self, text: str) -> bool:
        """Whether every claim is true at the points; False also for what is not read."""
        try:
            note = Note.read(text)
            setting = repr((note.sizes, note.axes, note.function, note.definitions))
            if setting not in self.known:
                self.known[setting] = list(worlds(note)), {}
            points, verdicts = self.known[setting]
            for claim in note.claims:
                if repr(claim) not in verdicts:
                    verdicts[repr(claim)] = all(_true(claim, world) for world in points)
                if not verdicts[repr(claim)]:
                    return False
        except (NotReadError, IndexError, ValueError, ZeroDivisionError):
            return False
        return bool(note.claims)


def _true(claim: tuple[list[str], list[str], dict[str, str], set[str]], world: World) -> bool:
    left, right, indices, numbers = claim
    used = [i for i in indices if i in left or i in right]
    ranges: list[list[int | Fraction]] = [list(range(1, world.sizes[indices[i]] + 1)) for i in used]
    free = [x for x in numbers if x in left or x in right]
    ranges += [[Fraction(-7, 3), Fraction(-1, 9), Fraction(2, 7), Fraction(5)] for _ in free]
    for values in product(*ranges):
        names = dict(zip([*used, *free], values, strict=True))
        a, b = evaluate(left, world, names), evaluate(right, world, names)
        if np.shape(a) != np.shape(b) or not np.all(a == b):
            return False
    return True
