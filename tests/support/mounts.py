"""File systems that take capitals for small letters, mounted from a file; only root can."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SIZE: Final = 16 << 20  # bytes
MAKE: Final = {"exfat": ["mkfs.exfat"], "ext4": ["mkfs.ext4", "-q", "-O", "casefold"]}
MOUNT: Final = {"exfat": ["mount.exfat-fuse", "-o", "umask=077"], "ext4": ["mount"]}
PATH: Final = f"{os.environ['PATH']}:/usr/sbin:/sbin"


@contextlib.contextmanager
def mounted(kind: str, folder: Path) -> Iterator[Path]:
    """Yield a new folder without capitals in its names; raises LookupError where this system has none."""
    image, mount_point = folder / f"{kind}.image", folder / kind
    with image.open("wb") as file:
        file.truncate(SIZE)
    mount_point.mkdir()
    run([*MAKE[kind], str(image)])
    device = run(["losetup", "--find", "--show", str(image)]).strip()
    try:
        run([*MOUNT[kind], device, str(mount_point)])
        try:
            names = mount_point / "names"
            names.mkdir(0o700)
            if kind == "ext4":
                run(["chattr", "+F", str(names)])
            yield names
        finally:
            run(["umount", str(mount_point)])
    finally:
        run(["losetup", "--detach", device])


def run(command: Sequence[str]) -> str:
    """Run a command and return its output; raises LookupError where it is missing or fails."""
    program = shutil.which(command[0], path=PATH)
    if program is None:
        raise LookupError(f"{command[0]} is not installed")
    done = subprocess.run(
        [program, *command[1:]], env=os.environ | {"PATH": PATH}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LookupError(f"{command[0]} fails here")
    return done.stdout
