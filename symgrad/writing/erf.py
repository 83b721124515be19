"""The error function in NumPy, which has none: a function that is written into a module.

Source: W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of
Computation 23 (1969) 631-637; two quotients of polynomials, for small and for large arguments.
"""

from __future__ import annotations

from textwrap import dedent

from symgrad.compiling.graph import needed
from symgrad.compiling.plan import Plan

ERF = dedent(
    '''\
    def erf(x):
        """The error function, to rounding (W. J. Cody, Math. Comp. 23, 1969)."""
        y = np.minimum(np.abs(x), 6)
        s = np.square(np.minimum(y, 0.46875))
        top, bottom = 1.85777706184603153e-1 * s, s
        for a, b in (
            (3.16112374387056560, 23.6012909523441209),
            (113.864154151050156, 244.024637934444173),
            (377.485237685302021, 1282.61652607737228),
        ):
            top, bottom = (top + a) * s, (bottom + b) * s
        small = x * ((top + 3209.37758913846947) / (bottom + 2844.23683343917062))
        top, bottom = 2.15311535474403846e-8 * y, y
        for a, b in (
            (0.564188496988670089, 15.7449261107098347),
            (8.88314979438837594, 117.693950891312499),
            (66.1191906371416295, 537.181101862009858),
            (298.635138197400131, 1621.38957456669019),
            (881.952221241769090, 3290.79923573345963),
            (1712.04761263407058, 4362.61909014324716),
            (2051.07837782607147, 3439.36767414372164),
        ):
            top, bottom = (top + a) * y, (bottom + b) * y
        rest = (top + 1230.33935479799725) / (bottom + 1230.33935480374942)
        large = np.copysign(1 - np.exp(-y * y) * rest, x)
        return np.where(y <= 0.46875, small, large)
    '''
)
"""The text of the function."""


def uses_erf(plan: Plan) -> bool:
    """Whether a program needs it."""
    return any(node.op == "erf" for node in needed(plan.outputs))
