"""Whole-process time of the command, as a ratio to importing SymPy, in one run.

pytest tests/benchmarks/test_command.py -s
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

NOTE = Path(__file__).parents[2] / "derivations" / "relu-network.md"
RUNS = 15


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def test_verify_beside_importing_sympy():
    """Both in turn, so that a slower machine slows both; the medians are compared."""
    verify, sympy, start = [], [], []
    for run in range(RUNS + 1):
        times = (
            seconds(sys.executable, "-m", "symgrad", "verify", str(NOTE)),
            seconds(sys.executable, "-c", "import sympy"),
            seconds(sys.executable, "-m", "symgrad", "--help"),
        )
        if run:  # the first fills the caches
            for kept, taken in zip((verify, sympy, start), times, strict=True):
                kept.append(taken)
    medians = [statistics.median(taken) for taken in (verify, sympy, start)]
    ratio = statistics.median(a / b for a, b in zip(verify, sympy, strict=True))
    print(
        f"\nverify {medians[0]:.3f} s, import sympy {medians[1]:.3f} s, ratio {ratio:.2f};"
        f" --help {medians[2]:.3f} s (medians of {RUNS})"
    )
