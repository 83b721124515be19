"""Classes by their fields: as in the standard library, but made faster."""

import copy
import dataclasses
import pickle

import pytest

from symgrad.records import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: str = "r"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    below: object
    label: str = field(default="", repr=False)


@dataclass
class Counted:
    start: int
    met: list[int] = field(default_factory=list)
    note: str = field(default="", compare=False)
    total: int = field(init=False)

    def __post_init__(self):
        self.total = self.start + len(self.met)


@dataclass(frozen=True, slots=True)
class Triple(Pair):
    third: float = 0.5


def test_equal_by_value_in_one_class():
    assert Pair(1) == Pair(1, "r")
    assert Pair(1) != Pair(2)
    assert Pair(1) != Pair(1, "s")
    assert Pair(1) != Triple(1)
    assert Pair(1) != (1, "r")
    assert Counted(1, [2], "a") == Counted(1, [2], "b")
    assert Counted(1, [2]) != Counted(1, [3])


def test_hashed_by_value_where_it_is_frozen():
    assert {Pair(1), Pair(1), Triple(1), Triple(1, third=2)} == {
        Triple(1),
        Triple(1, "r", 2),
        Pair(1, "r"),
    }
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counted(1))


def test_by_identity_where_it_says_so():
    one, other = Node(1), Node(1)
    assert one != other
    assert len({one, other, one}) == 2


def test_shown_by_its_fields():
    assert repr(Triple(1, "x")) == "Triple(left=1, right='x', third=0.5)"
    assert repr(Node(Pair(1), "hidden")) == "Node(below=Pair(left=1, right='r'))"


def test_made_with_defaults_of_its_own():
    first, second = Counted(1), Counted(1)
    first.met.append(5)
    assert second.met == []
    assert (first.total, Counted(2, [7]).total) == (1, 3)
    with pytest.raises(TypeError):
        Counted()


def test_replaced_fields():
    assert replace(Triple(1, "x"), left=2) == Triple(2, "x")
    assert replace(Counted(1, [4]), start=3).total == 4


def test_slots_hold_the_fields_alone():
    assert not hasattr(Triple(1), "__dict__")
    with pytest.raises(AttributeError):
        Triple(1).other = 1


def test_copied_and_stored():
    made = Triple(1, "x", 2.5)
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made


def test_matched_by_position():
    match Triple(1, "x"):
        case Triple(left, right):
            assert (left, right) == (1, "x")


def test_known_to_the_standard_library():
    assert [f.name for f in dataclasses.fields(Counted)] == ["start", "met", "note", "total"]
    assert dataclasses.replace(Triple(1, "x"), left=2) == Triple(2, "x")
    assert dataclasses.asdict(Triple(1)) == {"left": 1, "right": "r", "third": 0.5}


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match="left"):
        Pair()
    with pytest.raises(TypeError, match="middle"):
        Pair(1, middle=2)
    with pytest.raises(TypeError, match="middle"):
        replace(Pair(1), middle=2)


@dataclass
class Many:
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
    h: int
    i: int
    j: int = 10
    k: list[int] = field(default_factory=list)


def test_more_fields_than_usual():
    made = Many(1, 2, 3, 4, 5, 6, 7, h=8, i=9)
    assert repr(made) == "Many(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=[])"
    assert replace(made, j=11, k=[12]) == Many(*range(1, 10), 11, [12])
    with pytest.raises(TypeError, match="needs i"):
        Many(*range(1, 9))
    for wrong in ({"a": 1}, {"l": 1}):
        with pytest.raises(TypeError, match="each once"):
            Many(*range(1, 10), **wrong)
    with pytest.raises(TypeError, match="each once"):
        Many(*range(1, 13))


def test_defaults_that_all_would_share_are_refused():
    with pytest.raises(ValueError, match="met"):

        @dataclass
        class Shared:
            met: list[int] = []  # noqa: RUF012 - refused, that is the test


def test_a_field_without_default_comes_first():
    with pytest.raises(TypeError, match="right"):

        @dataclass
        class Late:
            left: int = 1
            right: int
