"""Stored accounts and every change to them, as the front ends use them."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

from smily_tui.applications import Applications
from smily_tui.clock import Clock, SimulatedClock, SystemClock, moment
from smily_tui.command import command
from smily_tui.origin import DEFAULT, Origin
from smily_tui.system import caller, this_machine
from smily_tui.text import Untrusted, clean
from smily_tui.tokens.errors import InDoubt
from smily_tui.tokens.protocol import Decision, TokenRequirement, decide
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.drafts import Draft, Drafts
from smily_tui.vault.errors import VaultError, not_one
from smily_tui.vault.model import LONGEST_NAME, Account, Address, Application, address_part, is_address_part
from smily_tui.vault.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.oauth.paste import PasteContext
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.queue.file import QueueFile
    from smily_tui.queue.today import Entry
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import TokenContext
    from smily_tui.tokens.jobs import Job
    from smily_tui.tokens.registration import Registration
    from smily_tui.tokens.running import Running
    from smily_tui.vault.disk import Held
    from smily_tui.vault.history import TokenUse
    from smily_tui.vault.model import Authorization
    from smily_tui.vault.settings import Home, Settings
    from smily_tui.vault.store import Note, Seen, Slot
    from smily_tui.vault.trash import Forgotten


Mark = tuple[tuple[str, int], ...]


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
        self.at_rest = AtRest(self._store, keyring=keyring)
        self.apps = Applications(self._store, self.at_rest, self.server, self._only)
        self.drafts = Drafts(home, self.clock, self.server)
        self._machine = this_machine()
        self._accounts: dict[Address, tuple[Seen, Account]] = {}
        self._mark: Mark = ()
        self._linked: dict[str, Instant] = {}

    @property
    def settings(self) -> Settings:
        """The settings file."""
        return self._store.settings

    # -- accounts --------------------------------------------------------------------------------------

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by label; only files that changed since the last call are read again."""
        if not self._mark:  # the first look; later ones must cost nothing
            self._purge()
            self._tidy()
        if unfinished := self._store.unfinished_exchanges():
            from smily_tui.tokens.recovery import adopt

            adopt(unfinished, self._machine)
        self._mark = self._store.mark()
        fresh: dict[Address, tuple[Seen, Account]] = {}
        for address, seen in self._store.survey().items():
            known = self._accounts.get(address)
            account = known[1] if known and known[0] == seen else self._store.slot(address).account()
            if account is not None:
                fresh[address] = (seen, account)
        self._accounts = fresh
        shown = (account for _, account in fresh.values() if self._is_seen(account))
        return tuple(sorted(shown, key=lambda account: (account.label.casefold(), account.address)))

    def changed(self) -> bool:
        """Whether anything was saved, renamed or deleted since `accounts()` was last called; cheap."""
        return self._store.mark() != self._mark

    def account(self, address: Address) -> Account | None:
        """One account, read now, also by an address that it had before `settle`; None if there is none."""
        return self._store.slot(self._present(address)).account()

    def _present(self, address: Address) -> Address:
        """Where an account is now: another process may have given it its lasting address meanwhile."""
        if self._store.slot(address).exists():
            return address
        return next((each.address for each in self.accounts() if address in each.formerly), address)

    def find(self, spoken: str | Untrusted | None) -> Account:
        """The account that a person means: APPLICATION/ACCOUNT, ACCOUNT, its name or number, or the only one.

        The whole address means one account, whatever others are called: it is chosen here. ACCOUNT, name and
        number may each mean another one: a name is chosen by an owner.

        Raises:
            NoSuchAccount, SeveralAccounts: nothing, or more than one thing, goes by that name.
        """
        known = self._only_ones() if spoken is None else self._spoken_of(spoken)
        if len(known) == 1:
            return known[0]
        raise not_one(spoken, [account.address for account in known])

    def _spoken_of(self, spoken: str | Untrusted) -> list[Account]:
        addressed = self._addressed(spoken)
        if addressed and "/" in _said(spoken):
            return addressed
        known = {account.address: account for account in (*addressed, *self._called(spoken))}
        return list(known.values())

    def _only_ones(self) -> list[Account]:
        """At most six: enough to know that there are several, and to name some."""
        found = []
        for address in self._store.addresses():
            account = self._store.slot(address).account()
            if account is not None and self._is_seen(account):
                found.append(account)
            if len(found) == 6:
                break
        return found

    def _addressed(self, spoken: str | Untrusted) -> list[Account]:
        application, slash, account = _said(spoken).rpartition("/")
        applications = [application] if slash else self._store.application_keys()
        if not all(is_address_part(each) for each in (*applications, account)):
            return []
        found = (self._store.slot(Address(each, account)).account() for each in applications)
        return [each for each in found if each is not None and self._is_seen(each)]

    def _called(self, spoken: str | Untrusted) -> list[Account]:
        wanted = clean(spoken, LONGEST_NAME).casefold()
        accounts = self.accounts()
        named = [each for each in accounts if wanted in (each.label.casefold(), str(each.account_id))]
        return named or [each for each in accounts if wanted in _former_names(each)]

    def _is_seen(self, account: Account) -> bool:
        return self._only is None or account.unreadable or account.server == self._only

    # -- many owners -----------------------------------------------------------------------------------

    def queue(self, application: str) -> QueueFile:
        """The accounts that are to be authorized for the application with that key."""
        from smily_tui.queue.file import QueueFile

        return QueueFile(self.home, application, self._store.disk)

    def authorized_today(self) -> tuple[Entry, ...]:
        """What was authorized today, and what of the queues failed; raises VaultError."""
        from smily_tui.queue.today import today

        names = {each.key: each.name for each in self.apps.all()}
        queues = {key: self.queue(key).read().rows for key in names}
        return today(self.accounts(), queues, names, self.clock.now())

    # -- connecting ------------------------------------------------------------------------------------

    def last_asked(self, client_id: str) -> tuple[str, ...]:
        """What was last asked for with that Client ID, else with any; empty where nothing was."""
        known = self.apps.all()
        own = [each.scopes for each in known if each.client_id == client_id and each.server == self.server]
        newest = sorted(self.accounts(), key=lambda account: account.authorized_at)
        found = [*(account.asked for account in newest), *own]
        return found[-1] if found else ()

    def check_writable(self) -> None:
        """See that tokens can be saved, before a one-time code is spent; raises VaultError."""
        self._store.check_writable()

    def authorization_url(
        self, application: Application, scopes: Sequence[str], account_id: int | None = None
    ) -> str:
        """The link that the account's owner opens."""
        from smily_tui.oauth.requests import authorization_url

        self._linked[application.client_id] = self.clock.now()
        return authorization_url(application.server, application.client_id, scopes, account_id)

    def link_shown(self, application: Application, made: Instant) -> IssuedUrl:
        """A link of that application, made then; its code may be confused with that of another link."""
        from smily_tui.oauth.diagnosis import CODE_LIFETIME
        from smily_tui.oauth.requests import IssuedUrl

        now = self.clock.now()
        lately = {client for client, at in self._linked.items() if now.since(at) < CODE_LIFETIME}
        return IssuedUrl(made, bool(lately - {application.client_id}))

    def unfinished(self) -> Draft | None:
        """What was entered and not finished; None where it was connected after all, as after a crash."""
        draft = self.drafts.find()
        if draft is None or draft.at is None:
            return None
        since = draft.at.wall
        done = (each for each in self.accounts() if each.address.application == draft.application)
        if any(each.authorized_at > since for each in done):
            self.drafts.drop()
            return None
        return draft

    def entered_in(self, draft: Draft) -> Application | None:
        """The stored application that a draft is about; None where it is not stored yet."""
        application = self.apps.with_key(draft.application)
        return application if application and application.client_id == draft.client_id else None

    def paste_context(self, application: Application, client_secret: Secret | None = None) -> PasteContext:
        """What is known here that helps to understand a pasted code; `client_secret` was just entered."""
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

    def _is_token(self, fingerprint: str) -> bool:
        """Whether that is a stored account's access or refresh token."""
        tokens = (token for each in self.accounts() for token in (each.access, each.refresh))
        return any(token.fingerprint() == fingerprint for token in tokens)

    def exchange(
        self,
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        link: IssuedUrl | None = None,
        registration: Registration | None = None,
    ) -> Running:
        """Start turning a code, which should come from `link`, into a stored account.

        A `registration` is what was entered for the application: it is stored if the server accepts it.
        """
        from smily_tui.tokens.jobs import ExchangeJob

        asked = tuple(scopes)
        return self._start(ExchangeJob(self.home, caller(), application.key, code, asked, link, registration))

    def identify(self, address: Address) -> Running:
        """Start asking whose account it is; stopping that is always safe."""
        from smily_tui.tokens.jobs import IdentifyJob

        return self._start(IdentifyJob(self.home, self._present(address)))

    def duplicate(self, account: Account) -> Account | None:
        """Another stored authorization of the same account by the same application."""
        if account.account_id is None:
            return None
        same = (account.account_id, account.address.application, account.server)
        return next(
            (
                other
                for other in self.accounts()
                if other.address != account.address
                and other.settled
                and (other.account_id, other.address.application, other.server) == same
            ),
            None,
        )

    def name(self, address: Address, label: str | Untrusted, *, replace: Address | None = None) -> Account:
        """Give a fresh account its name and its lasting address, or the place of its twin.

        While a refresh of it is in doubt it keeps its address.

        Raises:
            NoSuchAccount, InDoubt, VaultError: nothing was changed.
        """
        with self._store.application_lock(address.application):
            return self._name(self._present(address), label, replace)

    def settle(self, address: Address) -> Account:
        """Give an account that was identified late its lasting address, or join it with its twin.

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
                stays = account.settled or not account.is_identified
                return account if stays else self._name(address, account.label, formerly=(address.account,))
            names = tuple(each.account for each in (*duplicate.formerly, *account.formerly, address))
            if not older:
                label = account.label if account.settled else duplicate.label
                return self._name(address, label, duplicate.address, names)
            self.forget(address)
            slot = self._store.slot(duplicate.address)
            with slot.lock():
                slot.save(dataclasses.replace(slot.require(), formerly=names))
        return self._shown(duplicate.address)

    def unidentified(self, application: str) -> tuple[Account, ...]:
        """The application's accounts of which it is not known whose they are, and whose token is good."""
        now = self.clock.now()
        return tuple(
            each
            for each in self.accounts()
            if each.address.application == application and not each.is_identified and each.left(now) > 0
        )

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
                raise InDoubt(
                    "A refresh of the new authorization was interrupted.",
                    next=f"Refresh it first: {command('smily-tui', 'refresh', address)}",
                )
            note = slot.note_about(stored)
            label = clean(label, LONGEST_NAME) or stored.label
            named = dataclasses.replace(
                stored, label=label, settled=True, formerly=formerly or stored.formerly
            )
            slot.save(named)
            if in_doubt:
                return self._shown(address)  # its journal is bound to this address
            target = replace or self._lasting(address, named.label, stored.settled, stored.account_id)
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

    def _lasting(self, address: Address, label: str, settled: bool, account_id: int | None) -> Address:
        if settled:
            return address
        taken = self._taken(address.application)
        return Address(address.application, address_part(label, taken, str(account_id or "account")))

    def _taken(self, application: str) -> set[str]:
        addresses = self._store.addresses()
        return {address.account for address in addresses if address.application == application}

    def valid_token(self, address: Address, requirement: TokenRequirement) -> Secret:
        """Return an access token that satisfies `requirement`; the stored one, if it does.

        Raises:
            SmilyError: none could be had; the stored tokens are as the error says.
        """
        if not self.suffices(address, requirement):
            self.refresh(address, requirement).wait()
        return self._store.slot(address).require().current.access

    def suffices(self, address: Address, requirement: TokenRequirement) -> bool:
        """Return whether the stored access token satisfies it; raises NoSuchAccount, VaultError."""
        slot = self._store.slot(address)
        stored = slot.require()
        decision = decide(stored, requirement, self.clock.now(), dead=slot.is_dead(stored))
        return decision is Decision.USE

    def _start(self, job: Job) -> Running:
        """A helper begins to work, by this program's clock."""
        from smily_tui.tokens.running import Running

        return Running(job, self.clock.lapse if isinstance(self.clock, SimulatedClock) else None)

    # -- keeping ---------------------------------------------------------------------------------------

    def refresh(self, address: Address, requirement: TokenRequirement | None = None) -> Running:
        """Start refreshing an account's tokens; without a requirement: now, because a person asked."""
        from smily_tui.tokens.jobs import RefreshJob

        if requirement is None:
            account = self._store.slot(address).account()
            requirement = TokenRequirement(force=True, seen=account.generation if account else None)
        return self._start(RefreshJob(self.home, caller(), address, requirement))

    def probe_rotation(self, address: Address) -> Running:
        """Start finding out when the account's server ends spent refresh tokens; it costs two refreshes."""
        from smily_tui.tokens.jobs import ProbeJob

        return self._start(ProbeJob(self.home, caller(), address))

    def rename(self, address: Address, label: str | Untrusted) -> Account:
        """Give an account another name; its address stays, unless it was provisional."""
        slot = self._store.slot(address)
        if not slot.require().settled:
            return self.name(address, label)
        with slot.lock():
            stored = slot.require()
            slot.save(dataclasses.replace(stored, label=clean(label, LONGEST_NAME) or stored.label))
        return self._shown(address)

    def _shown(self, address: Address) -> Account:
        slot = self._store.slot(address)
        account = slot.account()
        if account is None:
            raise slot.missing()
        return account

    def history(self, address: Address) -> tuple[TokenUse, ...]:
        """Each use of the account's refresh token, oldest first; raises VaultError."""
        return self._store.slot(address).history.read()

    # -- giving away -----------------------------------------------------------------------------------

    def hand_over(self, address: Address) -> Secret:
        """The refresh token for another holder; from then on this program does not use it any more.

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
        """Whether the account's tokens were obtained on another computer, which may still use them."""
        return self._machine.differs_from(account.machine.mark)

    # -- forgetting ------------------------------------------------------------------------------------

    def forget(self, address: Address) -> None:
        """Move what is stored for an account to the trash; at Smily the authorization stays.

        What has certainly been in the trash for a month is deleted.

        Raises:
            VaultError: nothing was forgotten, or not all of it could be moved.
        """
        slot = self._store.slot(address)
        with slot.lock():
            slot.forget(self.clock.now().wall)
        self._purge()

    def _purge(self) -> None:
        """Delete what has certainly been in the trash for a month; that it cannot be is no reason to fail."""
        with contextlib.suppress(VaultError, OSError):  # another process may be at it, too
            self._store.trash.expire(self.clock.now())

    def _tidy(self) -> None:
        """Delete what writes left half done when they were killed."""
        self._store.tidy()
        self.settings.tidy()
        self.drafts.tidy()

    def forgotten(self) -> list[Forgotten]:
        """What is in the trash, newest first."""
        return self._store.trash.find()

    def restore(self, wanted: Address | Forgotten) -> Account:
        """Bring an account back from the trash, the newest of an address; to a new one where it is taken.

        Raises:
            NoSuchAccount, VaultError: it is still in the trash.
        """
        forgotten = self._store.trash.newest(wanted) if isinstance(wanted, Address) else wanted
        address = forgotten.address
        with self._store.application_lock(address.application):
            taken = self._taken(address.application)
            target = address
            if address.account in taken:
                target = Address(address.application, address_part(address.account, taken, "account"))
            slot = self._store.slot(target)
            with slot.lock():
                slot.restore(forgotten)
        return self._shown(target)

    def empty_trash(self) -> int:
        """Delete for good what is in the trash; answers how many accounts."""
        return self._store.trash.empty()


def _former_names(account: Account) -> set[str]:
    return {name for each in account.formerly for name in (each.account, str(each))}


def _said(spoken: str | Untrusted) -> str:
    return spoken.for_parsing() if isinstance(spoken, Untrusted) else spoken
