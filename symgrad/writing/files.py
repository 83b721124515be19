"""Writing files whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write beside the file, then rename: what is there before stays if anything fails."""
    target = Path(path)
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        try:
            file.write(text)
        except BaseException:
            os.unlink(file.name)
            raise
    try:
        os.chmod(file.name, target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        os.replace(file.name, target)
    except OSError:
        os.unlink(file.name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
