"""Folder of programs that take the place of browsers and clipboard tools."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.support.polling import until

if TYPE_CHECKING:
    from pathlib import Path

RECORDER = """#!{python}
import json, os, sys
seen = {{
    "arguments": sys.argv[1:],
    "leads_session": os.getsid(0) == os.getpid(),
    "pid": os.getpid(),
    "files": [os.readlink(f"/proc/self/fd/{{number}}") for number in range(3)],
}}
with open(sys.argv[0] + ".part", "w") as file:
    json.dump(seen, file)
os.rename(sys.argv[0] + ".part", sys.argv[0] + ".seen")
{then}
"""


class Programs:
    """Programs in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, script: str) -> Path:
        """Put a program there."""
        place = self.folder / name
        place.write_text(script, "utf-8")
        place.chmod(0o755)
        return place

    def record(self, name: str, then: str = "") -> Path:
        """Put a program there that writes down how it was started."""
        return self.add(name, RECORDER.format(python=sys.executable, then=then))

    def was_started(self, name: str) -> bool:
        """Whether a recording program was started."""
        return (self.folder / f"{name}.seen").exists()

    def seen(self, name: str) -> dict[str, object]:
        """How a recording program was started; waits until it was."""
        until(lambda: self.was_started(name))
        found: dict[str, object] = json.loads((self.folder / f"{name}.seen").read_text("utf-8"))
        return found


KEEPS = '#!/bin/sh\ncase "$*" in *-o*) cat "$0.kept" ;; *) cat >"$0.kept" ;; esac\n'


HANGS = '#!/bin/sh\ncat >/dev/null\necho $$ >"$0.pid"\nexec sleep 100\n'
