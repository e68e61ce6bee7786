"""Entry point: `smily-tui`, or `python -m smily_tui`."""

from __future__ import annotations

import sys

from smily_tui.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
