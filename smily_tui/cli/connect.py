"""`smily-tui connect`: authorize another account, full screen or line by line."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations, settle, tell
from smily_tui.cli.front import asks_for_plain, is_plain, show
from smily_tui.cli.streams import NoText
from smily_tui.errors import SmilyError, UsageError
from smily_tui.messages import connect as words
from smily_tui.messages.accounts import YES
from smily_tui.oauth import credentials as reading
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.oauth.scopes import PRESETS, expand, is_valid_name
from smily_tui.origin import host_of
from smily_tui.plain.console import hidden, sentences
from smily_tui.secret import Secret
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.model import UNNAMED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.oauth.api import Identity
    from smily_tui.oauth.credentials import FieldCheck, KnownCredentials
    from smily_tui.oauth.paste import PasteContext
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Account, Address, Application


PASTES = 3
MY_APP = Clean("My app")
REMINDER = f"{words.OPEN} {words.PASTE} {words.FINE}"
PERMISSIONS_WHY = f"{words.LITTLE} Names such as bookings_read, or a ready choice: {', '.join(PRESETS)}."
ACCOUNT_NAME = "A name for the account"
ACCOUNT_NAME_WHY = "Only for you: the account is listed by it, and it becomes its address."


def connect(stored: Accounts, options: argparse.Namespace) -> int:
    """Ask what the options did not give, exchange the code, name the account, print its address.

    Raises:
        SmilyError: with what was kept; nothing is stored before the code was exchanged.
    """
    asking = Asking(yes=options.yes)
    stored.check_writable()
    application, scopes, registration = _application(stored, options, asking)
    tell(REMINDER)
    sys.stdout.write(stored.authorization_url(application, scopes, options.account_id) + "\n")
    sys.stdout.flush()
    link = stored.link_shown(application, stored.clock.now())
    secret = registration.client_secret if registration else None
    code = _code(stored.paste_context(application, secret), asking)
    tell(f"{words.CHECKING.format(host=host_of(application.server))} …")
    address = stored.exchange(application, code, scopes, link, registration).wait().address
    account = _named(stored, address, asking, options.account_id)
    if less := words.less_given(account, "smily-tui connect"):
        tell(less)
    if once := words.not_renewable(account, stored.clock.now()):
        tell(once)
    where = f"below {clean(stored.home.state)}"
    tell(f"Connected: {account.label}. Saved for you alone, {stored.at_rest.words}, {where}.")
    sys.stdout.write(f"{account.address}\n")
    return 0


class Asking:
    """Asks on stderr and reads from stdin; without a terminal questions that have a default are not asked.

    On a terminal a lone `?` is no answer: it asks for the words that explain the question.
    """

    def __init__(self, *, yes: bool) -> None:
        self.terminal = sys.stdin.isatty()
        self._silent = yes or not self.terminal

    def needed(self, prompt: str, why: str) -> Untrusted:
        """An answer that there is no default for.

        Raises:
            UsageError: stdin has ended.
        """
        typed = self._answer(lambda: self._line(f"{prompt}: "), prompt, why)
        return Untrusted(typed.for_parsing().strip())

    def hidden(self, prompt: str, why: str) -> Untrusted:
        """An answer that is not shown while it is typed; raises UsageError where stdin has ended."""
        if not self.terminal:
            return self.needed(prompt, why)
        return self._answer(lambda: self._hidden_line(f"{prompt} (not shown): "), prompt, why)

    def optional(self, prompt: str, default: Clean, why: str) -> Untrusted:
        """An answer, or the default where there is none or nobody to ask."""
        if self._silent:
            return Untrusted(default)
        try:
            return self.needed(f"{prompt} [{default}]", why) or Untrusted(default)
        except NoText:
            raise
        except UsageError:
            return Untrusted(default)

    def confirmed(self, question: str, why: str) -> bool:
        """Yes unless somebody says no."""
        return self.optional(f"{question} yes or no", Clean("yes"), why).for_parsing().lower() in YES

    def _answer(self, ask: Callable[[], str], prompt: str, why: str) -> Untrusted:
        while True:
            try:
                typed = Untrusted(ask())
            except EOFError:
                raise UsageError(f"{prompt} is missing: the input has ended.") from None
            if typed.for_parsing().strip() != "?" or not self.terminal:
                return typed
            tell("\n".join(sentences(why)))

    def _hidden_line(self, prompt: str) -> str:
        with hidden(lambda: prompt):
            typed = self._line(prompt)
            tell("")
            return typed

    @staticmethod
    def _line(prompt: str) -> str:
        tell(prompt, end="")
        if line := sys.stdin.readline():
            return line
        raise EOFError


# -- the application -----------------------------------------------------------------------------------


def _application(
    stored: Accounts, options: argparse.Namespace, asking: Asking
) -> tuple[Application, tuple[str, ...], Registration | None]:
    """The application, the permissions to ask for, and what was entered where it is not stored as it is.

    One that is stored keeps its name and its server. What is entered is stored when the server accepts it.
    """
    asked = _names(options.scope)
    known = _spoken_of(stored, options)
    is_named = not options.client_id or (options.app and known and _is_of(known, options.client_id))
    if known and is_named and not options.secret_stdin and stored.apps.client_secret(known.key):
        return known, _scopes(asked, known, asking), None
    if options.secret_stdin and not options.client_id and known is None:
        raise UsageError("--secret-stdin needs --client-id, or --app with the name of a stored application.")
    credentials = stored.apps.known_credentials()
    given = options.client_id or (Untrusted(known.client_id) if known else None)
    client_id = _client_id(given, asking, credentials)
    typed = (
        Untrusted(sys.stdin.readline())
        if options.secret_stdin
        else asking.hidden(reading.SECRET, f"{words.KEPT_HERE}. {words.WHERE}")
    )
    secret = _client_secret(typed, client_id, credentials)
    name = options.app
    if known and known.client_id == client_id:
        name = known.name
    else:
        known = stored.apps.registered(client_id)
    name = name or (
        known.name if known else asking.optional("A name for the application", MY_APP, words.NAME_WHY)
    )
    scopes = _scopes(asked, known, asking)
    registration = stored.apps.enter(name, client_id, secret, scopes, known.server if known else None)
    return registration.application, scopes, registration


def _spoken_of(stored: Accounts, options: argparse.Namespace) -> Application | None:
    """The stored application that --app names; the only one where no option is about another."""
    if options.app:
        client_id = reading.read_client_id(options.client_id) if options.client_id else None
        return stored.apps.find(options.app, client_id)
    applications = () if options.client_id else stored.apps.all()
    if len(applications) > 1:
        names = ", ".join(each.key for each in applications)
        raise UsageError(f"There are several applications: {names}.", next="Say which one: --app NAME")
    return next(iter(applications), None)


def _is_of(application: Application, client_id: Untrusted) -> bool:
    return application.client_id == reading.read_client_id(client_id)


def _client_id(given: Untrusted | None, asking: Asking, known: KnownCredentials) -> str:
    typed = given if given is not None else asking.needed(reading.ID, f"{words.ID_WHY} {words.WHERE}")
    _judge(reading.check_client_id(typed, stored=known), reading.ID)
    return reading.read_client_id(typed)


def _client_secret(typed: Untrusted, client_id: str, known: KnownCredentials) -> Secret:
    _judge(reading.check_client_secret(Secret(typed.for_parsing()), client_id, known), reading.SECRET)
    return reading.read_client_secret(typed)


def _judge(finding: FieldCheck, name: str) -> None:
    """Stop at a problem, pass on a remark."""
    if finding.problem:
        raise UsageError(finding.problem, next=f"Copy the {name} again from Smily's partner panel.")
    if finding.remark:
        tell(f"Note: {finding.remark}")


def _scopes(asked: Sequence[str], known: Application | None, asking: Asking) -> tuple[str, ...]:
    """The permissions to ask for, presets as what they mean; `public` by name, first."""
    if not asked:
        default = clean(" ".join(known.scopes) if known else "") or Clean("public")
        asked = _names([asking.optional("Permissions, separated by spaces", default, PERMISSIONS_WHY)])
    return expand(asked)


def _names(given: Iterable[Untrusted]) -> list[str]:
    """The single names in what was given or typed; raises UsageError where one cannot be a name."""
    names = [name for each in given for name in each.for_parsing().replace(",", " ").split()]
    wrong = [name for name in names if not is_valid_name(name)]
    if wrong:
        raise UsageError(f"“{clean(wrong[0], 60)}” cannot be the name of a permission.")
    return names


# -- the code and the account --------------------------------------------------------------------------


def _code(context: PasteContext, asking: Asking) -> Secret:
    """The pasted code; on a terminal a paste that cannot be one may be mended."""
    for left in reversed(range(PASTES)):
        try:
            return read_pasted_code(_pasted(asking), context)
        except UsageError as error:
            raise error.saying(kept="No code was used, and nothing was changed.") from None
        except SmilyError as error:
            if not left or not asking.terminal:
                raise
            tell(error.in_lines())
    raise UsageError("No code was given.")


def _pasted(asking: Asking) -> Untrusted:
    """What is pasted as the code; empty lines before it are skipped where nobody sits at a terminal."""
    while True:
        typed = asking.hidden("Code", REMINDER)
        if asking.terminal or typed:
            return typed


def _named(stored: Accounts, address: Address, asking: Asking, wanted: int | None) -> Account:
    """Ask the API whose account it is, show it, and give it its name and place."""
    tell(f"{words.ASKING} …")
    try:
        identity = stored.identify(address).wait().identity
    except SmilyError as error:
        tell(words.NOT_IDENTIFIED.format(what=error.what))
        identity = None
    if identity is not None and (clock := clock_warning(identity.clock_off)):
        tell(clock)
    label = _label(identity, asking)
    account = stored.account(address)
    if wanted is not None and account and account.account_id not in (None, wanted):
        tell(f"Careful: account {wanted} was asked for, this is account {account.account_id}.")
    duplicate = stored.duplicate(account) if account else None
    replaces = None
    if duplicate:
        known = words.TWIN.format(label=duplicate.label, address=duplicate.address)
        replaces = (
            duplicate.address if asking.confirmed(f"{known} Update its tokens?", words.TWIN_WHY) else None
        )
    if account is not None and duplicate is None and clean(label) == UNNAMED:
        return account  # it keeps its provisional address until the API tells whose it is
    named = stored.name(address, label, replace=replaces)
    if named.is_identified:
        _ask_again(stored, named)
    return named


def _ask_again(stored: Accounts, connected: Account) -> None:
    """Ask whose the application's other accounts are, where that is not known; it may be this one's."""
    for other in stored.unidentified(connected.address.application):
        with contextlib.suppress(SmilyError):
            stored.identify(other.address).wait()
        settle(stored, other)


def _label(identity: Identity | None, asking: Asking) -> Untrusted:
    if identity is None or not identity.business_name:
        if identity is not None:
            tell(words.NAMELESS.format(remark=identity.remark))
        return asking.optional(ACCOUNT_NAME, UNNAMED, ACCOUNT_NAME_WHY)
    number = f" (account {identity.account_id})" if identity.account_id is not None else ""
    tell(f"This is {identity.business_name}{number}.")
    if not asking.confirmed(words.RIGHT, words.SIGNED_IN):
        tell("It stays stored. Forget it with smily-tui forget; sign out in the browser, then connect again.")
    return asking.optional(ACCOUNT_NAME, identity.business_name, ACCOUNT_NAME_WHY)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument(
        "--app", type=Untrusted, metavar="NAME", help="the application; its stored credentials are used"
    )
    parser.add_argument("--client-id", type=Untrusted, metavar="ID", help="the application's Client ID")
    parser.add_argument(
        "--secret-stdin", action="store_true", help="the first line of stdin is the Client Secret"
    )
    parser.add_argument(
        "--scope",
        action="append",
        type=Untrusted,
        default=[],
        metavar="S",
        help="a permission to ask for, or several: read-only, bookings, everything; can be repeated",
    )
    parser.add_argument(
        "--account-id", type=int, metavar="N", help="the account that the page should have chosen"
    )
    parser.add_argument("--yes", action="store_true", help="answer questions with the safe default")


def run(options: argparse.Namespace) -> int:
    """Run the wizard, or its plain twin."""
    stored = authorizations(options)
    given = any((options.client_id, options.secret_stdin, options.scope, options.account_id, options.yes))
    if asks_for_plain(options) or (given and is_plain(options)):
        return connect(stored, options)
    if given:
        raise UsageError("Without --plain the wizard asks for these itself; add --plain.")
    return show(stored, options, connect=True, application=options.app)
