"""Run the tests on every installed Python, with the lowest and the newest versions that users may have.

matrix.py [PYTEST ARGUMENT]…           each Python, each choice of versions
matrix.py --pinned [PYTEST ARGUMENT]…  the exact versions, on the oldest Python but this one
matrix.py --newest                     prints the path of the newest Python, and runs nothing
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
CACHE: Final = ROOT / ".cache" / "matrix"
OLDEST: Final = (3, 11)
UV: Final = (sys.executable, "-m", "uv", "--quiet")


class Python(NamedTuple):
    """Interpreter: its version without the last part, and its path."""

    version: tuple[int, int]
    path: Path

    @property
    def name(self) -> str:
        """Version as people write it."""
        return ".".join(map(str, self.version))


def installed_pythons() -> list[Python]:
    """Find one interpreter for each supported version, in PATH or of pyenv, oldest first."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [*map(Path, os.get_exec_path()), *sorted(pyenv.glob("versions/*/bin"))]
    by_version: dict[tuple[int, int], Python] = {}
    for path in (path for folder in folders for path in folder.glob("python3.*")):
        match = re.fullmatch(r"python3\.(\d+)", path.name)
        version = (3, int(match[1])) if match else (0, 0)
        if version >= OLDEST and version not in by_version and _starts(path):
            by_version[version] = Python(version, path)
    return sorted(by_version.values())


def _starts(python: Path) -> bool:
    # pyenv has shims also for versions that are not selected; those fail
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def make_environment(python: Python, versions: str) -> Path:
    """Make a fresh environment with the tools of requirements/dev.txt, and return its interpreter."""
    folder = CACHE / f"{python.name}-{versions}"
    interpreter = folder / "bin" / "python"
    subprocess.run([*UV, "venv", "--clear", "--python", python.path, folder], check=True)
    install = [*UV, "pip", "install", "--python", str(interpreter)]
    subprocess.run([*install, "--require-hashes", "-r", "requirements/dev.txt"], cwd=ROOT, check=True)
    if versions != "pinned":
        chosen = CACHE / f"{folder.name}.txt"
        resolution = {"lowest": "lowest-direct", "newest": "highest"}[versions]
        subprocess.run(
            [*UV, "pip", "compile", "pyproject.toml", "--all-extras", "--resolution", resolution, "--upgrade",
             "--python", str(interpreter), "--no-emit-index-url", "--no-header", "-o", str(chosen)],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        subprocess.run([*install, "-r", str(chosen)], cwd=ROOT, check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "-e", "."], cwd=ROOT, check=True)
    return interpreter


def run_tests(python: Python, versions: str, arguments: list[str]) -> bool:
    """Run the tests in a fresh environment; False if one fails."""
    print(f"== Python {python.name}, {versions} versions", flush=True)
    interpreter = make_environment(python, versions)
    command = [str(interpreter), "-m", "pytest", "-n", "4", "--dist", "worksteal", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Run the tests as the arguments say; 1 if any failed."""
    arguments = sys.argv[1:]
    pythons = installed_pythons()
    if arguments == ["--newest"]:
        print(pythons[-1].path)
        return 0
    if arguments[:1] == ["--pinned"]:
        candidates = [python for python in pythons if python.version != sys.version_info[:2]]
        if not candidates:
            print("Skipped: there is no other Python here than the one that runs all tests.")
        return int(not all(run_tests(python, "pinned", arguments[1:]) for python in candidates[:1]))
    chosen = [(python, versions) for python in pythons for versions in ("lowest", "newest")]
    failed = [
        f"{python.name} {versions}"
        for python, versions in chosen
        if not run_tests(python, versions, arguments)
    ]
    print(f"Failed: {', '.join(failed)}" if failed else f"Passed: {len(chosen)} of {len(chosen)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
