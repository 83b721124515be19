"""A plan as a NumPy module that stands by itself, written to be read.

It has `value`, `value_and_grad`, and `Workspace`, which does the same in buffers that
are made once; for a few units also `Unrolled`, which works with plain numbers.
"""

from __future__ import annotations

from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import NUMPY_ROWS, Dialect
from symgrad.writing.checks import check_shapes
from symgrad.writing.erf import ERF, uses_erf
from symgrad.writing.layout import module
from symgrad.writing.module_text import function, module_docstring, size_names
from symgrad.writing.scalars import can_be_unrolled
from symgrad.writing.unrolled import unrolled
from symgrad.writing.workspace import workspace


def to_numpy(plan: Plan) -> str:
    """The source of the module."""
    dialect = Dialect("np", NUMPY_ROWS, plan.dtype, size_names(plan))
    parts = [
        module_docstring(plan, "NumPy"),
        "import numpy as np",
        "",
        "",
        *check_shapes(plan, dialect, dtype_too=True),
        "",
        "",
        *function(plan, dialect, "value", [plan.value]),
        "",
        "",
        *function(plan, dialect, "value_and_grad", list(plan.outputs)),
        "",
        "",
        *workspace(plan, dialect),
    ]
    if uses_erf(plan):
        parts[2:2] = ["", "", ERF.rstrip()]
    if can_be_unrolled(plan):
        parts += ["", "", *unrolled(plan, dialect)]
        if any("math." in part for part in parts):
            parts[1] = "import math\n\nimport numpy as np"
    return module(parts)
