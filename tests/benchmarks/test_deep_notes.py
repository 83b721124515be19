"""The cost of a note, and of a program, against the number of layers.

pytest tests/benchmarks/test_deep_notes.py -o addopts="" -s
"""

from __future__ import annotations

import statistics
import time

from symgrad.network.network import Network
from symgrad.programs.program import compile as compile_program
from symgrad.verify import verify


def deep_note(depth: int, by_arrays: bool) -> str:
    """A network with its backpropagation, each gradient from that of the layer above."""
    lines = [r"$X \in \mathbb{R}^n$, $Y \in \mathbb{R}^n$, $s : \mathbb{R} \to \mathbb{R}$"]
    for k in range(1, depth + 1):
        weight, bias = f"W^{{({k})}}", f"B^{{({k})}}"
        lines.append(rf"${weight} \in \mathbb{{R}}^{{n \times n}}$, ${bias} \in \mathbb{{R}}^n$")
    layers = range(1, depth + 1)
    lines += [_forwards(k, by_arrays) for k in layers]
    lines.append(rf"$$L = \frac{{1}}{{2}} \sum_{{i=1}}^n (A^{{({depth})}}_i - Y_i)^2$$")
    lines += [_backwards(k, depth, by_arrays) for k in reversed(layers)]
    return "\n\n".join(lines)


def _forwards(k: int, by_arrays: bool) -> str:
    below = f"A^{{({k - 1})}}" if k > 1 else "X"
    z, a, w, b = (f"{name}^{{({k})}}" for name in "ZAWB")
    if by_arrays:
        return f"$${z} = {w} {below} + {b}$$\n\n$${a} = s({z})$$"
    return rf"$${z}_i = \sum_{{j=1}}^n {w}_{{ij}} {below}_j + {b}_i$$" f"\n\n$${a}_i = s({z}_i)$$"


def _backwards(k: int, depth: int, by_arrays: bool) -> str:
    z, w, b = (f"{name}^{{({k})}}" for name in "ZWB")
    below = f"A^{{({k - 1})}}" if k > 1 else "X"
    over, above = rf"\frac{{\partial L}}{{\partial {z}", f"{{({k + 1})}}"
    if by_arrays:
        inner = rf"(W^{above})^\top \frac{{\partial L}}{{\partial Z^{above}}}"
        inner = f"(A^{{({depth})}} - Y)" if k == depth else rf"\left({inner}\right)"
        claims = [rf"{over}}} = {inner} \odot s'({z})"]
        claims.append(rf"\frac{{\partial L}}{{\partial {w}}} = {over}}} {{{below}}}^\top")
        claims.append(rf"\frac{{\partial L}}{{\partial {b}}} = {over}}}")
    else:
        inner = rf"\sum_{{j=1}}^n W^{above}_{{ji}} \frac{{\partial L}}{{\partial Z^{above}_j}}"
        inner = f"(A^{{({depth})}}_i - Y_i)" if k == depth else inner
        claims = [rf"{over}_i}} = s'({z}_i) {inner}"]
        claims.append(rf"\frac{{\partial L}}{{\partial {w}_{{ij}}}} = {over}_i}} {below}_j")
        claims.append(rf"\frac{{\partial L}}{{\partial {b}_i}} = {over}_i}}")
    return "\n\n".join(f"$${claim}$$" for claim in claims)


def test_the_cost_of_a_layer_does_not_grow_with_their_number():
    """5, 10, 20 and 40 layers; a layer of 40 costs at most 1.7 times one of 10."""
    for by_arrays in (False, True):
        taken = {depth: [] for depth in (5, 10, 20, 40)}
        for _ in range(3):
            for depth, times in taken.items():
                note = deep_note(depth, by_arrays)
                start = time.process_time()
                report = verify(note, second_opinion=False)
                times.append(time.process_time() - start)
                assert len(report.results) >= 3 * depth
                assert report.passed()
        found = {depth: statistics.median(times) for depth, times in taken.items()}
        print("\n" + ", ".join(f"{depth}: {1000 * s:.0f} ms" for depth, s in found.items()))
        assert found[40] / 40 < 1.7 * found[10] / 10


def test_the_cost_of_a_layer_of_a_program_does_not_grow_with_their_number():
    """A program of 20 layers within 2 seconds; a layer of 40 at most 1.7 times one of 10."""
    cases = [("tanh", "cross-entropy", None), ("relu", "binary-cross-entropy", "sigmoid")]
    for activation, loss, last in [*cases, ("softmax", "squared-error", None)]:
        taken = {depth: [] for depth in (10, 20, 40)}
        for _ in range(3):
            for depth, times in taken.items():
                sizes = [2 + layer % 3 for layer in range(depth + 1)]
                start = time.process_time()
                compile_program(Network(sizes, activation, loss, last), batch=True)
                times.append(time.process_time() - start)
        found = {depth: statistics.median(times) for depth, times in taken.items()}
        shown = ", ".join(f"{depth}: {1000 * s:.0f} ms" for depth, s in found.items())
        print(f"\n{activation}, {loss}: {shown}")
        assert found[20] < 2
        assert found[40] / 40 < 1.7 * found[10] / 10
