"""Run the README's two commands on a bare Debian 12 in a chroot, as an ordinary user and as root.

Needs root and debootstrap; without them it says so and exits with 0. The ordinary user gets no browser and no
keyring: tests that need them are skipped by name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pexpect

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
RELEASE: Final = "bookworm"
USER: Final = "someone"
PREREQUISITES: Final = ("make", "python3")  # of the README
# `make` installs it for root, and names it to others
FOR_USERS: Final = ("python3-venv",)
# update-ca-certificates overwrites Debian's own bundle
CERTIFICATES: Final = "/etc/this-network.pem"
SETUP_LIMIT: Final = 600  # seconds until the demo's first screen
TESTS_LIMIT: Final = 3600


class Machine:
    """Bare Debian in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "xterm-256color"}

    def install(self) -> None:
        """Install the base system, and copy the network settings of this machine."""
        command = ["debootstrap", "--variant=minbase", RELEASE, str(self.folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")
        # debootstrap makes none, Debian's installer does
        (self.folder / "etc/hosts").write_text("127.0.0.1\tlocalhost\n", "ascii")
        bundle = os.environ.get("SSL_CERT_FILE")
        if bundle:
            shutil.copy(bundle, self.folder / CERTIFICATES[1:])
            self.environ |= {"SSL_CERT_FILE": CERTIFICATES, "PIP_CERT": CERTIFICATES}
        self.environ |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}

    def command(self, line: str, user: str) -> list[str]:
        """Build the command for a shell line as that user, in the home folder."""
        return ["chroot", str(self.folder), "su", "--shell", "/bin/sh", "--command", f"cd && {line}", user]

    def run(self, line: str, user: str = "root", limit: int = SETUP_LIMIT) -> int:
        """Run a shell line with its output on the screen, and return its exit code."""
        command = self.command(line, user)
        return subprocess.run(command, env=self.environ, timeout=limit, check=False).returncode

    def unpack(self, user: str) -> None:
        """Put the newest commit into the user's home folder."""
        checkout = self.folder / ("root" if user == "root" else f"home/{user}") / "smily-tui"
        checkout.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", checkout], input=archive, check=True)
        self.run(f"chown -R {user} /{checkout.relative_to(self.folder)}")


@contextlib.contextmanager
def mounts(folder: Path) -> Iterator[None]:
    """Mount /proc and /dev, for processes, devices, terminals and shared memory."""
    places = {"proc": ["-t", "proc", "proc"], "dev": ["--rbind", "/dev"]}
    with contextlib.ExitStack() as mounted:
        for place, arguments in places.items():
            subprocess.run(["mount", *arguments, folder / place], check=True)
            mounted.callback(_unmount, folder / place)
        # without this, unmounting would also unmount /dev of this machine
        subprocess.run(["mount", "--make-rslave", folder / "dev"], check=True)
        yield


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "--lazy", "--recursive", place], check=True)


def see_demo(machine: Machine, user: str) -> None:
    """Start `make demo` as a person would, wait for its wizard, and leave it."""
    program, *arguments = machine.command("cd smily-tui && make demo", user)
    child = pexpect.spawn(
        program, arguments, env=machine.environ, dimensions=(24, 80), encoding="utf-8", timeout=SETUP_LIMIT
    )
    child.expect("Client ID")
    child.sendcontrol("q")
    child.expect(pexpect.EOF)
    child.close()
    if child.exitstatus:
        sys.exit(f"make demo ended with {child.exitstatus} for {user}.")
    print(f"== {user}: make demo shows the wizard and can be left", flush=True)


def try_as(machine: Machine, user: str) -> bool:
    """Run both commands as that user; False if the tests fail."""
    machine.unpack(user)
    see_demo(machine, user)
    code = machine.run(f"cd smily-tui && make test ARGS='{' '.join(sys.argv[1:])}'", user, TESTS_LIMIT)
    print(f"== {user}: make test ended with {code}", flush=True)
    return code == 0


def main() -> int:
    """Try both users; the ordinary one first, while only the prerequisites are installed."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("Skipped: a bare Debian needs root and debootstrap.")
        return 0
    with tempfile.TemporaryDirectory(prefix="smily-fresh-") as folder:
        machine = Machine(Path(folder))
        machine.folder.chmod(0o755)
        machine.install()
        with mounts(machine.folder):
            packages = " ".join(PREREQUISITES + FOR_USERS)
            install = f"apt-get -qq update && apt-get -qq install --no-install-recommends {packages}"
            machine.run(f"export DEBIAN_FRONTEND=noninteractive; {install} >/dev/null")
            machine.run(f"useradd --create-home {USER}")
            results = [try_as(machine, user) for user in (USER, "root")]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
