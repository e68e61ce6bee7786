"""What a screen has begun is not begun again before it has ended: two keys in one burst send a code once."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from smily_tui.tui.screens.base import SizedScreen

_Screen = TypeVar("_Screen", bound="SizedScreen[Any]")
_Parameters = ParamSpec("_Parameters")
STEP = "step"


def once(
    job: str = "",
) -> Callable[
    [Callable[Concatenate[_Screen, _Parameters], Coroutine[Any, Any, None]]],
    Callable[Concatenate[_Screen, _Parameters], None],
]:
    """Run a method of a screen in a worker, unless its job is under way there.

    Textual starts a worker in a task of its own, after messages that wait; a second Enter may be among them.
    So the job is noted when it is asked for, not when it begins.

    Args:
        job: methods with the same one exclude each other; empty: the method's own name.
    """

    def decorate(
        act: Callable[Concatenate[_Screen, _Parameters], Coroutine[Any, Any, None]],
    ) -> Callable[Concatenate[_Screen, _Parameters], None]:
        name = job or act.__name__

        def begin(screen: _Screen, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
            if name in screen.under_way:
                return

            async def run() -> None:
                try:
                    await act(screen, *args, **kwargs)
                finally:
                    screen.under_way.remove(name)

            screen.under_way.add(name)
            screen.run_worker(run(), name=act.__name__, exit_on_error=False)

        update_wrapper(begin, act)
        return begin

    return decorate
