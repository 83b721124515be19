"""Writing files whole or not at all; devices and pipes are written into."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write beside the file, then rename: what is there before stays if anything fails.

    A link stays a link; the file that it leads to is written, and keeps its mode. A device
    or a pipe takes the data, and is never replaced.

    Raises:
        OSError: where it cannot be written.
    """
    if _is_stream(path):
        with open(path, "ab") as stream:
            stream.write(data)
        return
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


def _is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a device or a pipe, or (`/dev/stdout`) a file that is open already."""
    if not os.path.exists(path):
        return False
    mode = os.stat(path).st_mode
    is_opened = os.path.abspath(path).startswith(("/dev/std", "/dev/fd/", "/proc/self/fd/"))
    return not stat.S_ISDIR(mode) and (is_opened or not stat.S_ISREG(mode))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
