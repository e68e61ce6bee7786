"""Compiles pyproject.toml's ranges into exact versions with hashes; the files hold no addresses."""

from __future__ import annotations

import subprocess
import sys

COMMON = [
    sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet", "--upgrade",
]  # fmt: skip


def main() -> None:
    """Write run.txt (to run from a checkout), dev.txt (also to work on it) and faults.txt (all there is)."""
    for group in ("run", "dev", "faults"):
        subprocess.run([*COMMON, "--group", group, "-o", f"requirements/{group}.txt"], check=True)


if __name__ == "__main__":
    main()
