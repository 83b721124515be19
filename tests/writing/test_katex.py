"""What is written passes KaTeX in its strict mode; `.ci/run` installs it where npm is at hand.

`SYMGRAD_KATEX` names the folder of node modules in which it is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad import Network
from symgrad.cli import main
from symgrad.diagnostics import Source
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.reading.note import read_note
from symgrad.writing.network_derivation import FORMS

MODULES = os.environ.get("SYMGRAD_KATEX", "")
SCRIPT = Path(__file__).parent / "katex.js"
FOLDER = Path(__file__).parents[2] / "derivations"

pytestmark = pytest.mark.skipif(
    not MODULES or shutil.which("node") is None,
    reason="node or KaTeX is not here (SYMGRAD_KATEX names its folder)",
)


def formulas(markdown):
    note = read_note(Source("note.md", markdown))
    assert note.formulas
    return [(note.source.slice(f.span), f.display) for f in note.formulas]


def check(found):
    command = ["node", str(SCRIPT), str(Path(MODULES).resolve())]
    run = subprocess.run(
        command, input=json.dumps(found), capture_output=True, text=True, check=True, timeout=120
    )
    answer = json.loads(run.stdout)
    assert answer == {"rendered": len(found), "refused": []}


@pytest.mark.parametrize("form", FORMS)
def test_derivations_of_networks(form):
    found = []
    for activation in ("a", *ACTIVATIONS, "softmax"):
        network = Network(("m", "n", "q"), activation, output_activation="softmax")
        found += formulas(network.latex(form, to="markdown", steps=True, lang="fr"))
    for loss in LOSSES:
        network = Network(("m", "n", "p", "q"), "relu", loss)
        found += formulas(network.latex(form, to="markdown", notation="subscripts"))
    check(found)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.md")), ids=lambda path: path.name)
def test_derivations_of_notes(path):
    result = CliRunner().invoke(main, ["latex", str(path), "--to", "markdown"])
    assert result.exit_code == 0
    check(formulas(result.stdout))


def test_it_sees_what_is_no_latex():
    with pytest.raises(AssertionError):
        check([(r"\frac{1}", True)])
