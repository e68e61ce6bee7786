"""The process that is killed: protects and unprotects a store again and again until it is.

`python -m tests.faults.resting.converter FOLDER`; says `ready` when it is at work.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from smily_tui.vault.conversion import AtRest
from tests.support.filled import store_at


def main(folder: Path) -> None:
    """Convert for ever; whatever an earlier process left half done is finished first."""
    store = store_at(folder)
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    at_rest = AtRest(store)
    for convert in itertools.cycle((at_rest.protect, at_rest.unprotect)):
        convert()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
