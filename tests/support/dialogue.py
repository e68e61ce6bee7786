"""A real pty of 40 columns without a cursor, and a person in front of it who answers line by line."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING, Self

import httpx
import pexpect

from tests.support.polling import PATIENCE
from tests.support.terminal import take_signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HIDDEN = "(not shown): "


class Dialogue:
    """Runs a command in a pty with TERM=dumb; everything that comes out is kept in `raw`."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 40,
        term: str | None = "dumb",
    ) -> None:
        kind = {} if term is None else {"TERM": term}
        self.raw = ""
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={**environ, "LANG": "C.UTF-8", **kind},
            dimensions=(24, columns),
            encoding="utf-8",
            codec_errors="replace",  # the kernel echoes whatever is typed
            timeout=PATIENCE,
            preexec_fn=take_signals,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    def hear(self, wanted: str) -> str:
        """Read until a text was said; what was said before it since the last time."""
        return self._read(re.escape(wanted))

    def _read(self, pattern: str) -> str:
        try:
            self._child.expect(pattern)
        except pexpect.ExceptionPexpect as error:
            self.raw += str(self._child.before)
            raise AssertionError(f"waited in vain for {pattern!r}; it said:\n{self.raw[-2000:]}") from error
        said = str(self._child.before)
        self.raw += said + str(self._child.after if isinstance(self._child.after, str) else "")
        return said

    def answer(self, prompt: str, text: str) -> str:
        """Wait for a prompt and type a line; what was said before the prompt."""
        said = self.hear(prompt)
        self.type(f"{text}\r")
        return said

    def link(self) -> str:
        """Read until a link was said, alone on its line."""
        self._read(r"\nhttp://[^\s]+\r\n")
        return str(self._child.after).strip()

    def type(self, text: str) -> None:
        """Type characters."""
        self._child.send(text)

    def type_bytes(self, data: bytes) -> None:
        """Type what may be no text."""
        os.write(self._child.child_fd, data)

    def press_ctrl(self, letter: str) -> None:
        """Ctrl and a letter."""
        self._child.sendcontrol(letter)

    def kill(self) -> None:
        """End the program by a signal that it cannot catch."""
        self._child.kill(signal.SIGKILL)
        self._child.expect(pexpect.EOF)

    def exit_code(self) -> int:
        """Wait for the end of the program."""
        self._child.expect(pexpect.EOF)
        self.raw += str(self._child.before)
        self._child.wait()
        status = self._child.exitstatus
        return status if status is not None else -int(self._child.signalstatus or 0)


def say_yes(link: str, account: int = 4711) -> str:
    """The account's owner opens the link, chooses and says yes, by the pages' own forms; the code shown."""
    with httpx.Client(trust_env=False, timeout=PATIENCE, follow_redirects=True) as browser:
        page = browser.get(link)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        form = hidden | {"account": str(account), "decision": "authorize"}
        page = browser.post(str(page.url.copy_with(query=None)), data=form)
    found = re.search(r'<code id="authorization_code">([^<]+)</code>', page.text)
    assert found, page.text
    return found[1]
