"""Entry point of the command line: from arguments to a command, from an error to words and exit code."""

from __future__ import annotations

import os
import sys

from smily_tui.cli.streams import drop_errors, make_whole, tell
from smily_tui.errors import REPORT, SmilyError, SystemRefused

TYPE_CHECKING = False  # see smily_tui.text
if TYPE_CHECKING:
    from collections.abc import Sequence


INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit code of the contract."""
    try:
        return _answer(sys.argv[1:] if arguments is None else arguments)
    finally:
        try:
            sys.stderr.flush()
        except OSError:  # Python would end with exit code 120
            drop_errors()


def _answer(arguments: Sequence[str]) -> int:
    make_whole()
    try:
        try:
            code = _run(arguments)
        finally:  # help that cannot be written, too, ends as any output does
            sys.stdout.flush()
    except SmilyError as error:
        tell(f"smily-tui: {error.in_lines()}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - its text may hold anything: only type and place are told
        if refusal := SystemRefused.behind(error):
            return _system_refused(error, refusal)
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition(os.sep)[2]}:{place.lineno}"
        tell(f"smily-tui: A bug: {type(error).__name__} at {where}. {REPORT}")
        return 1
    return code


def _run(arguments: Sequence[str]) -> int:
    # `token [ACCOUNT]` is what scripts call: the parser would take a quarter of its time
    if arguments and arguments[0] == "token" and len(arguments) <= 2 and not arguments[-1].startswith("-"):
        from smily_tui.cli.token import print_token

        return print_token(*arguments[1:])
    from smily_tui.cli.parser import command_named, read_options

    options = read_options(arguments)
    if options.command is not None:
        code: int = command_named(options.command).run(options)
        return code
    from smily_tui.cli.common import open_accounts
    from smily_tui.cli.demo import show_with_demo

    return show_with_demo(open_accounts(options), options)


def _system_refused(error: Exception, refusal: SystemRefused) -> int:
    """Report what the system refused, but for a closed pipe."""
    # what could not be written is tried again at the end, and Python would report that
    try:  # noqa: SIM105 - nothing is imported here: files may be what is exhausted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        pass
    # `| head` has read enough: no fault to report. Python ignores SIGPIPE, so it comes as EPIPE
    if isinstance(error, BrokenPipeError):
        return 1
    tell(f"smily-tui: {refusal.what}")
    return refusal.exit_code
