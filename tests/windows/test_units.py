"""Unit tests by Windows' own Python, and the list of those that Wine or Windows cannot run."""

from __future__ import annotations

import re
import subprocess
from typing import Final

import pytest

from tests.support.windows import FOLDER, PYTHON, ROOT, environment

LIMIT: Final = 900  # seconds: more than any other test has, and three times what a quiet machine takes
UNITS: Final = (
    "tests/system/test_windows.py", "tests/vault", "tests/tokens", "tests/oauth", "tests/queue",
    "tests/desktop/test_text_file.py",
)  # fmt: skip
NOT_RUN: Final = {
    "by modes, which Windows does not have; tests/system/test_windows.py has the ACLs": (
        "tests/vault/test_disk.py::test_a_file_is_replaced_whole_and_private_under_any_umask",
        "tests/vault/test_disk.py::test_folders_are_made_private_and_open_ones_refused",
        "tests/vault/test_disk.py::test_the_group_is_let_in_only_by_name_and_others_never",
        "tests/vault/test_drafts.py::test_a_draft_is_found_as_it_was_kept_and_is_private",
        "tests/vault/test_drafts.py::test_a_draft_that_was_cut_or_is_open_to_others_is_none",
        "tests/vault/test_index.py::test_a_large_store_is_indexed_when_it_is_first_listed",
        "tests/vault/test_index.py::test_of_one_that_lacks_blocks_the_others_are_used",
        "tests/vault/test_index.py::test_one_that_others_may_read_is_not_read",
        "tests/vault/test_settings.py::test_settings_that_cannot_be_saved_are_told_before_they_have_to_be",
        "tests/tokens/test_keeping.py::test_damaged_journals_are_all_kept_and_deleted_with_their_account",
        "tests/queue/test_queue.py::test_a_file_that_is_cut_anywhere_is_told_and_stays",
    ),
    "by the time at which a file got a second name, which Windows does not tell": (
        "tests/vault/test_index.py::test_what_has_changed_since_is_read_from_its_file[with a second name]",
    ),
    "by symbolic links, which Wine 8 has none of": (
        "tests/vault/test_disk.py::test_only_a_private_plain_file_is_read[_link-is a link]",
        "tests/vault/test_settings.py::test_a_link_into_dotfiles_stays_a_link",
        "tests/desktop/test_text_file.py::test_it_is_readable_by_its_owner_alone_and_overwrites_nothing",
    ),
    "by a call or a variable that Linux alone has": (
        "tests/tokens/test_keeping.py::test_tokens_that_the_store_cannot_take_are_kept_elsewhere",
        "tests/tokens/test_keeping.py::test_a_network_file_system_is_told_from_a_local_one",
        "tests/tokens/test_keeping.py::test_the_helper_leaves_no_core_dump",
        "tests/desktop/test_text_file.py::test_the_home_folder_is_understood",
    ),
    "deletes a file that is locked, which Windows refuses": (
        "tests/tokens/test_keeping.py::test_a_lock_that_is_held_too_long_names_its_holder",
    ),
    "at a raw server that Winsock does not let shut down": ("tests/oauth/test_transport.py",),
    "within a time that Wine takes for itself": (
        "tests/vault/test_frame.py::test_what_is_framed_comes_back",
        "tests/queue/test_queue.py::test_a_queue_is_read_as_it_was_kept",
    ),
}
WITHOUT: Final = {
    "at a pty": "tests/vault/test_new_store.py",
    "by D-Bus": "tests/vault/test_secret_service.py",
    "by a stand-in of the Secret Service": "tests/vault/test_keyring_trouble.py",
    "by that stand-in, too": "tests/vault/test_protection.py",
}


@pytest.mark.timeout(LIMIT)
def test_the_unit_tests_pass_by_windows_own_python() -> None:
    left_out = [f"--deselect={name}" for names in NOT_RUN.values() for name in names]
    left_out += [f"--ignore={name}" for name in WITHOUT.values()]
    done = subprocess.run(
        [*PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "120", *left_out, *UNITS],
        cwd=ROOT,
        env=environment(FOLDER / "home", "http://127.0.0.1:1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) > 1000
