"""Waiting without a spinner: a line when it begins, and rarely another one."""

from __future__ import annotations

import itertools
import threading
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from smily_tui.plain.console import Back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smily_tui.plain.console import Console

_T = TypeVar("_T")
TOLD_AFTER: Final = (5, 15, 30)


class _Task(Generic[_T]):
    """Something that is done in a thread, so that this one can count the seconds and hear Ctrl-C."""

    def __init__(self, act: Callable[[], _T]) -> None:
        self._act = act
        self._result: list[_T] = []
        self._error: BaseException | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result.append(self._act())
        except BaseException as error:  # noqa: BLE001 - raised again by `result`
            self._error = error
        self._ended.set()

    def ended_within(self, seconds: float) -> bool:
        """Wait for it; whether it has ended."""
        return self._ended.wait(max(0.0, seconds))

    def result(self) -> _T:
        """What came of it, or the error that did."""
        if self._error is not None:
            raise self._error
        return self._result[0]


def wait_for(
    console: Console, act: Callable[[], _T], doing: str = "", cancel: Callable[[], bool] = lambda: False
) -> _T:
    """Do something that may take long. Ctrl-C stops it where `cancel` can; the second one leaves it alone.

    What is `doing` is said at once; without it nothing is said that takes less than five seconds.

    Raises:
        Back: it goes on by itself.
        SmilyError: whatever `act` met.
    """
    if doing:
        console.say(f"{doing}.")
    task, began, asked = _Task(act), time.monotonic(), False
    moments = _moments()
    next_one = next(moments)
    while True:
        try:
            if task.ended_within(next_one - (time.monotonic() - began)):
                return task.result()
            console.say(f"Still waiting, {next_one} s.")
            next_one = next(moments)
        except KeyboardInterrupt:
            if asked:
                console.say("It goes on by itself.")
                raise Back from None
            asked = True
            console.say("Stopping." if cancel() else "Too late to stop it. Ctrl-C again leaves it alone.")


def _moments() -> Iterator[int]:
    """After how many seconds a line is said."""
    return itertools.chain(TOLD_AFTER, itertools.count(60, 60))
