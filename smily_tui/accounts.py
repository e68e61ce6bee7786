"""Stored accounts of one home and every change to them, for the front ends."""

from __future__ import annotations

import contextlib
import functools
import gc
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from smily_tui.clock import Clock, Instant, SimulatedClock, SystemClock, moment
from smily_tui.errors import SmilyError
from smily_tui.origin import DEFAULT, Origin
from smily_tui.system import Machine, caller, this_machine
from smily_tui.text import Untrusted, clean, nearest
from smily_tui.tokens.requirement import Decision, TokenRequirement, decide
from smily_tui.vault.errors import VaultError, not_one
from smily_tui.vault.model import LONGEST_NAME, Account, Address, Application, address_part, is_address_part
from smily_tui.vault.store import Mark, Note, Slot, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from smily_tui.applications import Applications
    from smily_tui.oauth.paste import PasteContext
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.queue.file import QueueFile
    from smily_tui.queue.today import Entry
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import TokenContext
    from smily_tui.tokens.jobs import Job
    from smily_tui.tokens.registration import Registration
    from smily_tui.tokens.running import Running, Worker
    from smily_tui.vault.conversion import AtRest
    from smily_tui.vault.disk import Held
    from smily_tui.vault.drafts import Draft, Drafts
    from smily_tui.vault.history import TokenUse
    from smily_tui.vault.home import Home
    from smily_tui.vault.model import Authorization, Tokens
    from smily_tui.vault.settings import Settings
    from smily_tui.vault.trash import Forgotten, Removed


MOST_UNINDEXED: Final = 300
"""Accounts that are read from their own files at each start; where there are more, they are indexed."""


class Accounts:
    """Accounts of one home, as the front ends use them; `apps` has its applications.

    Args:
        home: where they are stored.
        server: only accounts of this origin are seen, and new applications are registered there;
            None: all are seen, and new applications are at Smily.
        clock: tells the time.
        keyring: whether a new store is encrypted with a key in the system's keyring.
    """

    def __init__(
        self, home: Home, *, server: str | None = None, clock: Clock | None = None, keyring: bool = False
    ) -> None:
        self.home = home
        self.clock = clock or SystemClock()
        self._only = Origin(server) if server else None
        self.server = self._only or DEFAULT
        self._store = Store(home)
        self._keyring = keyring
        self._listed: dict[Address, Account] = {}
        self._is_tidy = False
        self._linked: dict[str, Instant] = {}

    # these at their first use: `smily-tui token` mostly needs none of them

    @functools.cached_property
    def at_rest(self) -> AtRest:
        """Encryption of the store."""
        from smily_tui.vault.conversion import AtRest

        return AtRest(self._store, keyring=self._keyring)

    @functools.cached_property
    def apps(self) -> Applications:
        """Stored applications."""
        from smily_tui.applications import Applications

        return Applications(self._store, self.at_rest, self.server, self._only)

    @functools.cached_property
    def drafts(self) -> Drafts:
        """Draft of an unfinished connection."""
        from smily_tui.vault.drafts import Drafts

        return Drafts(self.home, self.clock, self.server)

    @functools.cached_property
    def _machine(self) -> Machine:
        return this_machine()

    @property
    def settings(self) -> Settings:
        """Settings file."""
        return self._store.settings

    # -- finding ---------------------------------------------------------------------------------------

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, by label; only files that changed since the last call are read again."""
        names = self._store.names()
        # the first call only: later ones run once a second
        if not self._is_tidy:
            self._is_tidy = True
            self._purge()
            self._store.tidy(names)
            self.settings.tidy()
        if unfinished := self._store.unfinished_exchanges(names):
            from smily_tui.tokens.recovery import adopt

            adopt(unfinished, self._machine)
            names = self._store.names()
        with no_garbage():
            self._read_changed(names)
        accounts = filter(self._is_seen, self._listed.values())
        return tuple(sorted(accounts, key=lambda account: account.label.casefold()))

    def _read_changed(self, names: Mapping[str, list[str]]) -> None:
        """Read what has changed since it was last listed, by this program or by one that indexed it."""
        from smily_tui.vault.index import read_index, write_index

        is_first = not self._listed
        before = read_index(self._store) if is_first else self._listed
        listed: dict[Address, Account] = {}
        count = 0
        for address, seen in self._store.survey(names):
            account = before.get(address)
            if account is None or account.mark != (seen.mark if seen else 0):
                account = self._store.slot(address).account(seen)
                count += 1
            if account is not None:
                listed[account.address] = account  # the same object as before, where nothing has changed
        self._listed = listed
        # once in a process: whoever has a screen need not wait for it again
        if is_first and (count > MOST_UNINDEXED or before.keys() - listed.keys()):
            write_index(self._store, listed.values())

    def first(self, number: int) -> tuple[Account, ...]:
        """Return the first accounts, by address; the files of the others are not read."""
        return self.first_and_total(number)[0]

    def first_and_total(self, number: int) -> tuple[tuple[Account, ...], int]:
        """Return the first accounts and the number of all, of any server, from one look at the store."""
        addresses = self._store.addresses()
        return tuple(islice(self._at(addresses), number)), len(addresses)

    def count_by_app(self) -> Counter[str]:
        """Count the stored accounts of each app, by its key; reads none."""
        return Counter(address.application for address in self._store.addresses())

    def mark(self) -> Mark:
        """Return a value that changes whenever an account or app is saved, renamed or deleted; cheap."""
        return self._store.mark()

    def account(self, address: Address) -> Account | None:
        """Read one account now, also by an address that it had before `settle`; None if there is none."""
        return self._store.slot(self._present(address)).account()

    def tokens(self, address: Address) -> Tokens:
        """Read an account's tokens now; `address` as in `account`. Raises NoSuchAccount, VaultError."""
        return self._store.slot(self._present(address)).require().current

    def _present(self, address: Address) -> Address:
        """Return the present address: another process may have given the account its lasting one."""
        if self._store.slot(address).exists():
            return address
        moved = (account.address for account in self.accounts() if address in account.formerly)
        return next(moved, address)

    def find(self, spoken: str | Untrusted | None) -> Account:
        """Return the account that a person means by address, ACCOUNT, name or number; or the only one.

        A whole address means one account, whatever others are called: it is given here. ACCOUNT, name and
        number may mean different ones: a name is given by an owner.

        Raises:
            NoSuchAccount, SeveralAccounts: nothing, or more than one thing, goes by that name.
        """
        # six are enough to know that there are several, and to name some
        matches = list(self.first(6)) if spoken is None else self._matches(spoken)
        if len(matches) == 1:
            return matches[0]
        raise not_one(spoken, [account.address for account in matches], self._nearest(spoken or ""))

    def _nearest(self, spoken: str | Untrusted) -> str:
        """Return the address of the account that a mistyped name may mean; empty where there is none."""
        names: dict[str, Address] = {}
        for account in self.accounts():
            for name in (account.label, account.address.account, str(account.address)):
                names.setdefault(name, account.address)
        return str(names.get(nearest(clean(spoken, LONGEST_NAME), names), ""))

    def _matches(self, spoken: str | Untrusted) -> list[Account]:
        text = spoken.for_parsing() if isinstance(spoken, Untrusted) else spoken
        addressed = self._addressed(text)
        if addressed and "/" in text:
            return addressed
        accounts = {account.address: account for account in (*addressed, *self._called(spoken))}
        return list(accounts.values())

    def _addressed(self, text: str) -> list[Account]:
        application, slash, account = text.rpartition("/")
        applications = [application] if slash else self._store.application_keys()
        if not all(map(is_address_part, (*applications, account))):
            return []
        return list(self._at(Address(key, account) for key in applications))

    def _at(self, addresses: Iterable[Address]) -> Iterator[Account]:
        accounts = (self._store.slot(address).account() for address in addresses)
        return (account for account in accounts if account is not None and self._is_seen(account))

    def _called(self, spoken: str | Untrusted) -> list[Account]:
        name = clean(spoken, LONGEST_NAME).casefold()
        accounts = self.accounts()
        now = [one for one in accounts if name in (one.label.casefold(), str(one.account_id))]
        return now or [account for account in accounts if name in _former_names(account)]

    def _is_seen(self, account: Account) -> bool:
        return self._only is None or account.unreadable or account.server == self._only

    # -- connecting ------------------------------------------------------------------------------------

    def last_asked(self, client_id: str) -> tuple[str, ...]:
        """Return the scopes last requested with that Client ID, else with any; empty where none were."""
        application = self.apps.registered(client_id)
        if application is not None:
            return application.scopes
        newest = max(self.accounts(), key=lambda account: account.authorized_at, default=None)
        return newest.requested_scopes if newest else ()

    def check_writable(self) -> None:
        """Check that tokens can be saved, before a one-time code is spent; raises VaultError."""
        self._store.check_writable()

    def authorization_url(
        self, application: Application, scopes: Sequence[str], account_id: int | None = None
    ) -> str:
        """Return the authorization URL, which the account's owner opens."""
        from smily_tui.oauth.requests import authorization_url

        self._linked[application.client_id] = self.clock.now()
        return authorization_url(application.server, application.client_id, scopes, account_id)

    def link_shown(self, application: Application, made: Instant) -> IssuedUrl:
        """Return what is known of a URL made then; its code may be confused with that of another client."""
        from smily_tui.oauth.diagnosis import CODE_LIFETIME
        from smily_tui.oauth.requests import IssuedUrl

        now = self.clock.now()
        lately = {client for client, at in self._linked.items() if now.since(at) < CODE_LIFETIME}
        return IssuedUrl(made, bool(lately - {application.client_id}))

    def unfinished(self) -> Draft | None:
        """Return the draft of an unfinished connection; None where it was finished, as after a crash."""
        draft = self.drafts.find()
        if draft is None or draft.at is None:
            return None
        since, accounts = draft.at.wall, self._of(draft.application)
        if any(account.authorized_at > since for account in accounts):
            self.drafts.drop()
            return None
        return draft

    def entered_in(self, draft: Draft) -> Application | None:
        """Return the stored application of a draft; None where it is not stored yet."""
        application = self.apps.with_key(draft.application)
        return application if application and application.client_id == draft.client_id else None

    def paste_context(self, application: Application, client_secret: Secret | None = None) -> PasteContext:
        """Return what helps to understand a pasted code; `client_secret` was just entered."""
        from smily_tui.oauth.paste import PasteContext

        now = self.clock.now().wall
        codes = self._store.spent_codes(application.key)
        spent = {fingerprint: moment(at, now) for fingerprint, at in codes.items()}
        return PasteContext(
            client_id=application.client_id,
            client_secret=client_secret or self.apps.client_secret(application.key),
            server=application.server,
            spent=spent.get,
            is_token=self._is_token,
        )

    def _is_token(self, secret: Secret) -> bool:
        """Return whether it is the access or refresh token of a stored account."""
        checksum = secret.checksum()
        for account in self.accounts():
            if checksum in (account.access_checksum, account.refresh_checksum):
                with contextlib.suppress(SmilyError):
                    tokens = self.tokens(account.address)
                    if secret in (tokens.access, tokens.refresh):
                        return True
        return False

    def exchange(
        self,
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        link: IssuedUrl | None = None,
        registration: Registration | None = None,
    ) -> Running:
        """Start turning a code, which should come from `link`, into a stored account.

        `registration` is the application as it was entered: it is stored if the server accepts it.
        """
        from smily_tui.tokens.jobs import ExchangeJob

        return self._start(
            ExchangeJob(self.home, caller(), application.key, code, tuple(scopes), link, registration)
        )

    def identify(self, address: Address) -> Running:
        """Start asking whose account it is; stopping that is always safe."""
        from smily_tui.tokens.jobs import IdentifyJob

        return self._start(IdentifyJob(self.home, self._present(address)))

    def replace_secret(self, application: str, client_secret: Secret) -> Running:
        """Start replacing an app's Client Secret, once the server has accepted it; stopping is safe."""
        from smily_tui.tokens.jobs import SecretJob

        return self._start(SecretJob(self.home, application, client_secret))

    def queue(self, application: str) -> QueueFile:
        """Return the queue of accounts to be authorized for the application with that key."""
        from smily_tui.queue.file import QueueFile

        return QueueFile(self.home, application, self._store.disk, self.clock)

    def authorized_today(self) -> tuple[Entry, ...]:
        """Return today's authorizations, and failed rows of the queues; raises VaultError."""
        from smily_tui.queue.today import today

        names = {application.key: application.name for application in self.apps.all()}
        queues = {key: self.queue(key).read().rows for key in names}
        return today(self.accounts(), queues, names, self.clock.now())

    # -- naming ----------------------------------------------------------------------------------------

    def name(self, address: Address, label: str | Untrusted, *, replace: Address | None = None) -> Account:
        """Give a fresh account its name and its lasting address, or the place of its duplicate.

        While a refresh of it is in doubt it keeps its address.

        Raises:
            NoSuchAccount, InDoubt, VaultError: nothing was changed.
        """
        with self._store.application_lock(address.application):
            return self._name(self._present(address), label, replace)

    def rename(self, address: Address, label: str | Untrusted) -> Account:
        """Give an account another name; its address stays, unless it was provisional."""
        slot = self._store.slot(address)
        if not slot.require().named:
            return self.name(address, label)
        with slot.lock():
            stored = slot.require()
            slot.save(stored._replace(label=clean(label, LONGEST_NAME) or stored.label))
        return self._shown(address)

    def settle(self, address: Address) -> Account:
        """Give an account that was identified late its lasting address, or join it with its duplicate.

        The newer authorization stays; an older one goes to the trash. The address that the account had is
        still found.

        Raises:
            NoSuchAccount, InDoubt, VaultError: nothing was changed.
        """
        with self._store.application_lock(address.application):
            account = self._shown(address)
            duplicate = self.duplicate(account)
            older = duplicate is not None and account.authorized_at < duplicate.authorized_at
            # one that another holder refreshes must not take the place of one that is refreshed here
            if account.handed_over is not None or (older and duplicate and duplicate.handed_over is not None):
                duplicate = None
            if duplicate is None:
                stays = account.named or not account.is_identified
                return account if stays else self._name(address, account.label, formerly=(address.account,))
            addresses = (*duplicate.formerly, *account.formerly, address)
            names = tuple(former.account for former in addresses)
            if not older:
                label = account.label if account.named else duplicate.label
                return self._name(address, label, duplicate.address, names)
            self.forget(address)
            slot = self._store.slot(duplicate.address)
            with slot.lock():
                slot.save(slot.require()._replace(formerly=names))
        return self._shown(duplicate.address)

    def duplicate(self, account: Account) -> Account | None:
        """Return another stored authorization of the same account by the same application."""
        if account.account_id is None:
            return None
        same = account.account_id, account.server
        return next(
            (
                candidate
                for candidate in self._of(account.address.application)
                if candidate.address != account.address
                and candidate.named
                and (candidate.account_id, candidate.server) == same
            ),
            None,
        )

    def unidentified(self, application: str) -> tuple[Account, ...]:
        """Return an application's accounts with a valid token, but without a name or account number."""
        now, accounts = self.clock.now(), self._of(application)
        return tuple(account for account in accounts if not account.is_identified and account.left(now) > 0)

    def _of(self, application: str) -> Iterator[Account]:
        return (account for account in self.accounts() if account.address.application == application)

    def _name(
        self,
        address: Address,
        label: str | Untrusted,
        replace: Address | None = None,
        formerly: tuple[str, ...] = (),
    ) -> Account:
        """Name an account under the application's lock; it still answers to `formerly`, its old addresses."""
        slot = self._store.slot(address)
        with slot.lock() as held:
            stored, in_doubt = self._recovered(slot, held)
            if in_doubt and replace is not None:
                from smily_tui.system import command
                from smily_tui.tokens.errors import InDoubt

                raise InDoubt(
                    "A refresh of the new authorization was interrupted.",
                    next=f"Refresh it first: {command('smily-tui', 'refresh', address)}",
                )
            note = slot.note_about(stored)
            label = clean(label, LONGEST_NAME) or stored.label
            named = stored._replace(label=label, named=True, formerly=formerly or stored.formerly)
            slot.save(named)
            if in_doubt:
                # its journal is bound to this address
                return self._shown(address)
            target = replace or self._lasting(address, named.label, stored.named, stored.account_id)
            if target != address:
                self._move(slot, self._store.slot(target), note)
        return self._shown(target)

    def _move(self, slot: Slot, target: Slot, note: Note | None) -> None:
        with target.lock():
            slot.move_to(target)
            # only now: until the move is durable these may hold tokens of the duplicate
            target.journal().close()
            self._store.spill.drop(target.address)
            target.drop_note()
            if note is not None:
                target.write_note(note)
            slot.drop_note()

    def _recovered(self, slot: Slot, held: Held) -> tuple[Authorization, bool]:
        """Return what is stored after recovery, and whether a request is in doubt still."""
        from smily_tui.tokens.recovery import recover

        state = recover(slot, held, self._machine)
        return state.stored, state.interrupted_at is not None

    def _lasting(self, address: Address, label: str, named: bool, account_id: int | None) -> Address:
        if named:
            return address
        taken = self._taken(address.application)
        return Address(address.application, address_part(label, taken, str(account_id or "account")))

    def _taken(self, application: str) -> set[str]:
        addresses = self._store.addresses()
        return {address.account for address in addresses if address.application == application}

    def _shown(self, address: Address) -> Account:
        slot = self._store.slot(address)
        account = slot.account()
        if account is None:
            raise slot.missing()
        return account

    # -- tokens ----------------------------------------------------------------------------------------

    def valid_token(self, address: Address, requirement: TokenRequirement) -> Secret:
        """Return an access token that satisfies `requirement`; the stored one, if it does.

        Raises:
            SmilyError: none could be had; the stored tokens are as the error says.
        """
        slot = self._store.slot(address)
        stored = slot.require()
        if not self._suffices(slot, stored, requirement):
            self.refresh(address, requirement).wait()
            stored = slot.require()
        return stored.current.access

    def suffices(self, address: Address, requirement: TokenRequirement) -> bool:
        """Return whether the stored access token satisfies it; raises NoSuchAccount, VaultError."""
        slot = self._store.slot(address)
        return self._suffices(slot, slot.require(), requirement)

    def _suffices(self, slot: Slot, stored: Authorization, requirement: TokenRequirement) -> bool:
        decision = decide(stored, requirement, self.clock.now(), dead=slot.is_dead(stored))
        return decision is Decision.USE

    def refresh(
        self, address: Address, requirement: TokenRequirement | None = None, worker: Worker | None = None
    ) -> Running:
        """Start refreshing an account's tokens; without a requirement: now, because a person asked.

        Pass a `worker` that takes one account after another; without one, the refresh gets its own.
        """
        from smily_tui.tokens.jobs import RefreshJob

        if requirement is None:
            account = self._store.slot(address).account()
            requirement = TokenRequirement(force=True, seen=account.generation if account else None)
        return self._start(RefreshJob(self.home, caller(), address, requirement), worker)

    def call(self, address: Address, path: str) -> Running:
        """Start a GET of the API with the stored access token; stopping that is always safe."""
        from smily_tui.tokens.jobs import CallJob

        return self._start(CallJob(self.home, self._present(address), path))

    def probe_rotation(self, address: Address) -> Running:
        """Start the probe of when the account's server ends spent refresh tokens; it costs two refreshes."""
        from smily_tui.tokens.jobs import ProbeJob

        return self._start(ProbeJob(self.home, caller(), address))

    def _start(self, job: Job, worker: Worker | None = None) -> Running:
        """Start a job in a worker, which goes by this program's clock."""
        from smily_tui.tokens.running import Running

        return Running(job, self.clock.lapse if isinstance(self.clock, SimulatedClock) else None, worker)

    def history(self, address: Address) -> tuple[TokenUse, ...]:
        """Return the uses of the account's refresh token, oldest first; raises VaultError."""
        return self._store.slot(address).history.read()

    # -- handover --------------------------------------------------------------------------------------

    def hand_over(self, address: Address) -> Secret:
        """Return the refresh token for another holder; this program does not use it any more.

        Raises:
            HandedOver, InDoubt, NoSuchAccount, VaultError: nothing was changed.
        """
        from smily_tui.tokens.handover import hand_over

        return hand_over(self._context(), self._store.slot(address))

    def take_back(self, address: Address) -> None:
        """Use the refresh token here again; raises as `hand_over` does."""
        from smily_tui.tokens.handover import take_back

        take_back(self._context(), self._store.slot(address))

    def _context(self) -> TokenContext:
        from smily_tui.tokens.context import TokenContext

        return TokenContext(clock=self.clock, machine=self._machine, caller=caller())

    def is_elsewhere(self, account: Account) -> bool:
        """Return whether the tokens were obtained on another computer, which may still use them."""
        return self._machine.differs_from(account.machine.mark)

    # -- trash -----------------------------------------------------------------------------------------

    def forget(self, address: Address) -> Forgotten:
        """Move an account to the trash; at Smily the authorization stays.

        Accounts that certainly were in the trash for a month are deleted.

        Raises:
            VaultError: nothing was forgotten, or not all of it could be moved.
        """
        slot = self._store.slot(address)
        with slot.lock():
            forgotten = slot.forget(self.clock.now().wall)
        self._purge()
        return forgotten

    def forgotten(self) -> list[Forgotten]:
        """Return the accounts in the trash, newest first."""
        return self._store.trash.find()

    def restore(self, account: Address | Forgotten) -> Account:
        """Restore an account from the trash, the newest of an address; to a new address if that is taken.

        Raises:
            NoSuchAccount, VaultError: it is still in the trash.
        """
        forgotten = self._store.trash.newest(account) if isinstance(account, Address) else account
        return self._restore(forgotten, self.apps.restored_for(forgotten))

    def _restore(self, forgotten: Forgotten, application: str) -> Account:
        name = forgotten.address.account
        with self._store.application_lock(application):
            taken = self._taken(application)
            target = Address(application, address_part(name, taken, "account") if name in taken else name)
            slot = self._store.slot(target)
            with slot.lock():
                slot.restore(forgotten)
        return self._shown(target)

    def remove_app(self, key: str) -> Removed:
        """Move an app and its accounts to the trash; raises as `Applications.remove`."""
        removed = self.apps.remove(key, self.clock.now().wall)
        self._purge()
        return removed

    def restore_app(self, removed: Removed) -> Application:
        """Restore an app with the accounts that were removed together with it.

        Raises:
            VaultError: what was not restored is still in the trash; doing it again is safe.
        """
        accounts = [forgotten for forgotten in self.forgotten() if removed.took(forgotten)]
        application = self.apps.restore(removed)
        for forgotten in accounts:
            self._restore(forgotten, application.key)
        return application

    def empty_trash(self) -> int:
        """Delete everything in the trash for good; return how many accounts."""
        from smily_tui.vault.index import drop_index

        # it may still name them; the next program that lists the accounts writes it anew
        with contextlib.suppress(VaultError):
            drop_index(self._store)
        return self._store.trash.empty()

    def _purge(self) -> None:
        """Delete accounts that certainly were in the trash for a month. Best effort: errors are ignored."""
        # OSError: another process deletes them, too
        with contextlib.suppress(VaultError, OSError):
            self._store.trash.expire(self.clock.now())


@contextlib.contextmanager
def no_garbage() -> Iterator[None]:
    """Keep Python from searching thousands of new objects for garbage, of which there is none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _former_names(account: Account) -> set[str]:
    return {name for former in account.formerly for name in (former.account, str(former))}
