"""A crowd of naive processes at once: `python -m tests.faults.crowds.naive_crowd COUNT LOCK PATH SERVER`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.faults.killing.naive import refresh


def main(count: int, lock: str, path: Path, server: str) -> None:
    """Fork them all, let them go at the same moment, and print how many failed."""
    client = json.loads(os.environ["CLIENT"])
    waiting, go = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(waiting, 1)  # ends for all of them when the parent closes its side
            failed = True
            try:
                failed = not refresh(path, server, client, lock=lock)
            finally:
                os._exit(failed)
        children.append(child)
    os.close(waiting)
    os.close(go)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(sum(code != 0 for code in ended))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
