"""LaTeX to PDF, with the pdflatex of the machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 120
"""For one run of pdflatex; it is stopped after that."""


class PdfError(Exception):
    """There is no PDF; the message says why."""


def to_pdf(tex: str, images: Path = Path()) -> bytes:
    """The PDF of a standalone document.

    Args:
        tex: the document.
        images: the folder in which its images are.

    Raises:
        PdfError: where pdflatex is missing or fails.
    """
    return compiled(tex, images)[0]


def compiled(tex: str, images: Path = Path()) -> tuple[bytes, str]:
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
                env={**os.environ, "TEXINPUTS": f".{os.pathsep}{images.resolve()}{os.pathsep}"},
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfError(f"pdflatex did not end within {SECONDS} s") from None
        log = run.stdout.decode("utf-8", "replace")
        made = Path(folder) / "note.pdf"
        if run.returncode or not made.exists():
            raise PdfError(f"pdflatex failed: {_reason(log)}")
        return made.read_bytes(), log


def _reason(log: str) -> str:
    """What pdflatex stopped at, with the line that it shows."""
    fault = re.search(r"^! (?!==>)(.*)$", log, re.MULTILINE)
    place = re.search(r"^l\.\d+ (.*)$", log, re.MULTILINE)
    reason = fault[1] if fault else "no reason given"
    return f"{reason} (at {place[1].strip()})" if place and place[1].strip() else reason
