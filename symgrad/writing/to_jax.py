"""A plan as a JAX module: NumPy's words, compiled by XLA when they are first called."""

from __future__ import annotations

from symgrad.compiling.plan import Plan
from symgrad.writing.array_text import NUMPY_ROWS, Dialect, call
from symgrad.writing.checks import check_shapes
from symgrad.writing.layout import module
from symgrad.writing.module_text import function, module_docstring, size_names

JAX_ROWS = {**NUMPY_ROWS, "erf": call("erf", prefix="jax.scipy.special")}
"""Text of every operation in JAX's words."""


def to_jax(plan: Plan) -> str:
    """The source of the module, with `value` and `value_and_grad`."""
    dialect = Dialect("jnp", JAX_ROWS, plan.dtype, size_names(plan))
    wide = ['jax.config.update("jax_enable_x64", True)', ""] if plan.dtype == "float64" else []
    parts = [
        module_docstring(plan, "JAX"),
        "import jax",
        "import jax.numpy as jnp",
        "",
        *wide,
        "",
        *check_shapes(plan, dialect),
        "",
        "",
        "@jax.jit",
        *function(plan, dialect, "value", [plan.value]),
        "",
        "",
        "@jax.jit",
        *function(plan, dialect, "value_and_grad", list(plan.outputs)),
    ]
    return module(parts)
