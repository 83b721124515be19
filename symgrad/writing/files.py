"""Writing files whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write beside the file, then rename: what is there before stays if anything fails.

    A link stays a link; the file that it leads to is written, and keeps its mode.

    Raises:
        OSError: where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    with NamedTemporaryFile(dir=target.parent, prefix=".symgrad-", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(data)
            file.flush()
            if target.exists():
                shutil.copymode(target, beside)
            else:
                beside.chmod(0o666 & ~_umask())
            os.replace(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
