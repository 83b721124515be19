"""A proof checker for hand-written gradients: `symgrad.verify(note)`, or `symgrad verify NOTE`.

The public names are imported when they are first used, so that `import symgrad`
and the command line start at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from symgrad.version import VERSION

if TYPE_CHECKING:
    from symgrad.networks import Network
    from symgrad.programs.program import Program, compile
    from symgrad.verify import Report, verify, verify_all

__version__ = VERSION

__all__ = ["Network", "Program", "Report", "__version__", "compile", "verify", "verify_all"]

_HOMES = {
    "Network": "symgrad.networks",
    "Program": "symgrad.programs.program",
    "compile": "symgrad.programs.program",
    "Report": "symgrad.verify",
    "verify_all": "symgrad.verify",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public names are
    if name == "verify":
        return import_module("symgrad.verify")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# `symgrad.verify` is a function and the module it lives in. Python sets the attribute to
# the module whenever that is imported; so that no order of imports matters, the module
# itself can be called.
class _CallableModule(ModuleType):
    """The module `symgrad.verify`; calling it calls its function `verify`."""

    def __call__(self, *arguments: Any, **options: Any) -> Report:  # noqa: ANN401 - see `verify`
        return self.verify(*arguments, **options)  # type: ignore[no-any-return]


class _Package(ModuleType):
    """This package; it sees its modules come in."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "verify" and isinstance(value, ModuleType):
            value.__class__ = _CallableModule
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
