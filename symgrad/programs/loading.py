"""Imports the text of a program as a module."""

from __future__ import annotations

import importlib.util
import linecache
from importlib.abc import SourceLoader
from itertools import count
from types import ModuleType

_numbers = count(1)


class _Loader(SourceLoader):
    """Imports a text as a module."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_data(self, path: str | bytes) -> bytes:
        """The text."""
        return self.text.encode()

    def get_filename(self, fullname: str) -> str:
        """A name for tracebacks."""
        return f"<{fullname}>"


def imported(source: str) -> ModuleType:
    """The module of a source that symgrad wrote; nothing of a note but comments is in it."""
    name = f"symgrad_program_{next(_numbers)}"
    loader = _Loader(source)
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    filename = loader.get_filename(name)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return module
