"""The layout that DESIGN shows: imports go down the list of packages, without circles."""

import ast
from pathlib import Path

import pytest

import symgrad

ROOT = Path(symgrad.__file__).parent
LAYERS = (
    "examples",
    "cli",
    "commands",
    "mending",
    "networks",
    "programs",
    "explain",
    "verify",
    "writing",
    "compiling",
    "judging",
    "reading",
    "network",
    "calculus",
    "diagnostics",
    "records",
    "patterns",
)
"""From the top down; a module may import its own layer and those after it."""
FREE = {"version", "__init__", "__main__"}
KERNEL_MAY_IMPORT = {"symgrad"}


def modules():
    return sorted(p for p in ROOT.rglob("*.py") if p.name != "__init__.py")


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def name(path: Path) -> str:
    return "symgrad." + ".".join(path.relative_to(ROOT).with_suffix("").parts)


def is_typing_only(node, tree):
    """Whether an import stands under `if TYPE_CHECKING`."""
    return any(
        isinstance(block, ast.If)
        and getattr(block.test, "id", "") == "TYPE_CHECKING"
        and node in ast.walk(block)
        for block in ast.walk(tree)
    )


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and not is_typing_only(node, tree):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not is_typing_only(node, tree):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module)
            if node.module in {"symgrad.reading", "symgrad.calculus", "symgrad.judging"}:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=name)
def test_imports_go_down(path):
    own = layer(name(path))
    if own in FREE:
        return
    for target in imports(path):
        if not target.startswith("symgrad.") or layer(target) in FREE:
            continue
        assert LAYERS.index(layer(target)) >= LAYERS.index(own), f"{name(path)} -> {target}"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_dataclasses_are_made_by_records(path):
    if name(path) != "symgrad.records":
        assert "dataclasses" not in imports(path), "take them from symgrad.records: it is faster"


def test_no_circles():
    graph = {name(p): {t for t in imports(p) if t.startswith("symgrad.")} for p in modules()}
    done, path = set(), []

    def visit(module):
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module in done or module not in graph:
            return
        path.append(module)
        for target in sorted(graph[module]):
            visit(target)
        path.pop()
        done.add(module)

    for module in sorted(graph):
        visit(module)


@pytest.mark.parametrize("path", sorted((ROOT / "calculus").glob("*.py")), ids=name)
def test_the_kernel_needs_the_standard_library_only(path):
    import sys

    for target in imports(path):
        top = target.split(".")[0]
        assert top in KERNEL_MAY_IMPORT or top in sys.stdlib_module_names, target


@pytest.mark.parametrize("path", modules(), ids=name)
def test_nothing_of_a_note_is_evaluated(path):
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"eval", "exec", "sympify", "compile", "__import__"}


def test_the_evaluator_shares_nothing_with_the_prover():
    prover = {"derivative", "normal_form", "normaliser", "polynomial", "canonical", "theory"}
    waiting, seen = ["symgrad.calculus.evaluation"], set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        path = ROOT / Path(*module.split(".")[1:]).with_suffix(".py")
        if path.exists():
            waiting += [t for t in imports(path) if t.startswith("symgrad.") and t not in seen]
    assert not {m.split(".")[-1] for m in seen} & prover
