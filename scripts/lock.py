"""Compile the version ranges of pyproject.toml into exact versions with hashes, without URLs."""

from __future__ import annotations

import subprocess
import sys

COMMON = [
    sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet", "--upgrade",
]  # fmt: skip


def main() -> None:
    """Write run.txt (to run a checkout), dev.txt (to work on it), faults.txt and clients.txt."""
    for group in ("run", "dev", "faults"):
        _compile(group, "pyproject.toml")
    # without the program's own dependencies: in an environment of their own
    _compile("clients")


def _compile(group: str, *sources: str) -> None:
    subprocess.run([*COMMON, *sources, "--group", group, "-o", f"requirements/{group}.txt"], check=True)


if __name__ == "__main__":
    main()
