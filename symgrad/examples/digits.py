"""Train a network on pictures of digits, by the gradients that a note proves.

    python -m symgrad.examples.digits

The three layers of `derivations/three-layers.md` are compiled from the note's own formulas
and trained on the 1797 digits of scikit-learn (8 x 8 pixels) by stochastic gradient descent
with momentum. A test set of one fifth is put aside first. Needs the extra `[examples]`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import symgrad
from symgrad.compiling.errors import CannotCompile
from symgrad.programs.formulas import Refused
from symgrad.reading.note import UnreadableNote
from symgrad.records import dataclass

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

NOTE = "derivations/three-layers.md"
SIZES = (64, 48, 32, 10)
BATCH = 32
RATE, MOMENTUM = 0.01, 0.9
EPOCHS = 60


@dataclass(frozen=True)
class Data:
    """Pictures, one a row, and the digits that they show.

    Attributes:
        x: training pictures of shape (examples, 64), pixels from 0 to 1.
        target: 1 in the column of the digit, else 0; shape (examples, 10).
        test_x: test pictures.
        test_digits: the digits of the test pictures.
    """

    x: Array
    target: Array
    test_x: Array
    test_digits: Array


@dataclass(frozen=True)
class Run:
    """What a training gave.

    Attributes:
        losses: of every batch, in order.
        accuracies: share of the test pictures that are told right, after every epoch.
    """

    losses: list[float]
    accuracies: list[float]


def load() -> Data:
    """The digits of scikit-learn; one fifth of each digit is for the test."""
    import numpy as np
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pictures, digits = load_digits(return_X_y=True)
    x, test_x, train_digits, test_digits = train_test_split(
        pictures / 16, digits, test_size=0.2, random_state=0, stratify=digits
    )
    return Data(np.ascontiguousarray(x), np.eye(10)[train_digits], test_x, test_digits)


def start(seed: int) -> dict[str, Array]:
    """Weights of variance 2 / (number of inputs), as He et al. (2015) choose them for ReLU.

    Those of the last layer begin small and its biases at 1/10, the mean of the targets: so
    every output is positive, and a ReLU that is never positive would never learn.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    arrays: dict[str, Array] = {}
    for layer, (before, after) in enumerate(pairwise(SIZES), 1):
        arrays[f"W{layer}"] = rng.normal(size=(after, before)) * np.sqrt(2 / before)
        arrays[f"B{layer}"] = np.zeros(after)
    arrays[f"W{len(SIZES) - 1}"] *= 0.1
    arrays[f"B{len(SIZES) - 1}"] += 0.1
    return arrays


def accuracy(parameters: dict[str, Array], x: Array, digits: Array) -> float:
    """Share of the pictures whose largest output is that of their digit."""
    import numpy as np

    for layer in range(1, len(SIZES)):
        x = np.maximum(x @ parameters[f"W{layer}"].T + parameters[f"B{layer}"], 0)
    return float((x.argmax(axis=1) == digits).mean())


def train(program: symgrad.Program, data: Data, epochs: int = EPOCHS, seed: int = 0) -> Run:
    """Gradient descent with momentum, over all full batches in a new order every epoch."""
    import numpy as np
    from tqdm import tqdm

    rng = np.random.default_rng(seed)
    parameters = start(seed)
    speed = {name: np.zeros_like(array) for name, array in parameters.items()}
    first = {"X": data.x[:BATCH], "Y_tilde": data.target[:BATCH]}
    work = program.workspace(**parameters, **first)
    run = Run([], [])
    bar = tqdm(range(epochs), unit="epoch", disable=None)  # None: only on a terminal
    for _ in bar:
        order = rng.permutation(len(data.x))
        for begin in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[begin : begin + BATCH]
            loss, gradients = work.value_and_grad(
                **parameters, X=data.x[chosen], Y_tilde=data.target[chosen]
            )
            for name, array in parameters.items():
                speed[name] *= MOMENTUM
                speed[name] -= RATE * gradients[name]
                array += speed[name]
            run.losses.append(float(loss))
        run.accuracies.append(accuracy(parameters, data.test_x, data.test_digits))
        bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{run.accuracies[-1]:.1%}")
    return run


def plot(run: Run, path: str) -> None:
    """Loss of every batch and its mean an epoch, and accuracy after it, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    epochs = len(run.accuracies)
    steps = len(run.losses) // epochs
    means = np.array(run.losses).reshape(epochs, steps).mean(axis=1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    at = (np.arange(len(run.losses)) + 1) / steps
    left.plot(at, run.losses, color="0.75", linewidth=0.6, label="a batch")
    left.plot(np.arange(epochs) + 0.5, means, color="C0", label="mean of an epoch")
    left.set(xlabel="epoch", ylabel="loss", yscale="log", title="Training loss")
    left.legend(frameon=False)
    right.plot(np.arange(epochs) + 1, 100 * np.array(run.accuracies), color="C1")
    right.axhline(95, color="0.6", linewidth=0.8, linestyle="--")
    right.set(xlabel="epoch", ylabel="right, in %", title="Test accuracy", ylim=(None, 100))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the note, train, and write the picture of the loss; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m symgrad.examples.digits", description="Train on scikit-learn's digits."
    )
    parser.add_argument("--note", default=NOTE, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="default: %(default)s")
    parser.add_argument("--plot", default="digits.png", help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        data = load()
        program = symgrad.compile(options.note, batch=("X", "Y_tilde"))
        begin = time.perf_counter()
        run = train(program, data, max(1, options.epochs))
        seconds = time.perf_counter() - begin
        plot(run, options.plot)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing: pip install 'symgrad[examples]'", file=sys.stderr)
        return 2
    except UnreadableNote as error:
        copy = "run this in a copy of the repository, or name the note with --note"
        print(f"{error}; {copy}" if options.note == NOTE else error, file=sys.stderr)
        return 2
    except (ValueError, OSError, CannotCompile, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.note}: proved, and compiled for batches of {BATCH}")
    print(f"{len(data.x)} digits, {len(run.accuracies)} epochs, {seconds:.1f} s")
    print(f"loss {run.losses[0]:.2f} -> {run.losses[-1]:.3f}, drawn in {options.plot}")
    print(f"test accuracy {run.accuracies[-1]:.1%} of {len(data.test_x)} other digits")
    return 0


if __name__ == "__main__":
    sys.exit(main())
