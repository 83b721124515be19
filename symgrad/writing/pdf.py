"""LaTeX to PDF, with the pdflatex of the machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 120
"""For one run of pdflatex; it is stopped after that."""


class PdfError(Exception):
    """There is no PDF; the message says why."""


def to_pdf(tex: str) -> bytes:
    """The PDF of a standalone document.

    Raises:
        PdfError: where pdflatex is missing or fails.
    """
    return compiled(tex)[0]


def compiled(tex: str) -> tuple[bytes, str]:
    """The PDF of a standalone document, and what pdflatex said.

    Raises:
        PdfError: where pdflatex is missing or fails.
    """
    program = shutil.which("pdflatex")
    if program is None:
        raise PdfError("there is no pdflatex here; write --to tex, or install TeX Live")
    with TemporaryDirectory(prefix="symgrad-") as folder:
        (Path(folder) / "note.tex").write_text(tex, encoding="utf-8")
        options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        try:
            run = subprocess.run(
                [program, *options, "note.tex"],
                cwd=folder,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfError(f"pdflatex did not end within {SECONDS} s") from None
        log = run.stdout.decode("utf-8", "replace")
        made = Path(folder) / "note.pdf"
        if run.returncode or not made.exists():
            fault = re.search(r"^! (.*)$", log, re.MULTILINE)
            raise PdfError(f"pdflatex failed: {fault.group(1) if fault else 'no reason given'}")
        return made.read_bytes(), log
