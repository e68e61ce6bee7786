"""Client ID and Client Secret in one paste: whatever a panel, a file or a program puts around them."""

from __future__ import annotations

import pytest

from smily_tui.oauth.credentials import Pair, read_pair
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

ID = "a1b2c3d4e5f60718" * 4
SECRET = "5ec4e7" * 10 + "0f1e"
TOKEN = "c3d4" * 16

BOTH = {
    "two lines": "{id}\n{secret}",
    "Windows line ends": "{id}\r\n{secret}\r\n",
    "one line": "{id} {secret}",
    "quotes": "\"{id}\"\n'{secret}'",
    "comma": "{id},{secret}",
    "curl": "curl -u {id}:{secret} https://www.bookingsync.com",
    "env": "CLIENT_ID={id}\nCLIENT_SECRET={secret}\n",
    "env reversed": "CLIENT_SECRET={secret}\nCLIENT_ID={id}\n",
    "export": "export SMILY_CLIENT_ID='{id}'\nexport SMILY_CLIENT_SECRET=\"{secret}\"\n",
    "gem": "BOOKINGSYNC_URL=https://www.bookingsync.com\r\nBOOKINGSYNC_APP_ID={id}\r\n"
    "BOOKINGSYNC_APP_SECRET={secret}\r\n",
    "env of a web app": "SECRET_KEY_BASE=" + "ab12" * 32 + "\nSMILY_ACCOUNT_ID=4711\n"
    "SMILY_CLIENT_SECRET={secret}\nSMILY_CLIENT_ID={id}\nSMILY_ACCESS_TOKEN=" + TOKEN,
    "comments": "# staging\nCLIENT_ID={id} # id\nCLIENT_SECRET={secret} # secret",
    "rows": "Client ID\t{id}\nClient Secret\t{secret}",
    "rows reversed": "Name\tMy app\nClient Secret\t{secret}\nClient ID\t{id}\n"
    "Redirect URI\turn:ietf:wg:oauth:2.0:oob",
    "labels above": "Client ID\n{id}\nClient Secret\n{secret}\n",
    "labels behind": "{secret} (secret)\n{id} (client id)",
    "head": "Client ID\tClient Secret\n{id}\t{secret}",
    "head reversed": "Client Secret\tClient ID\n{secret}\t{id}",
    "markdown": "| Client ID | Client Secret |\n|---|---|\n| `{id}` | `{secret}` |",
    "bold": "**Client ID:** {id}\n**Client Secret:** {secret}",
    "Doorkeeper": "Application UID:\n{id}\n\nSecret:\n{secret}\n\nScopes:\npublic bookings_read\n"
    "Callback urls:\nurn:ietf:wg:oauth:2.0:oob",
    "JSON": '{{"server": "http://127.0.0.1:4567", "client_id": "{id}", "client_secret": "{secret}"}}',
    "JSON reversed": '{{"client_secret":"{secret}","client_id":"{id}"}}',
    "YAML": "client_id: {id}\nclient_secret: {secret}",
    "TOML": 'client_id = "{id}"\nclient_secret = "{secret}"',
    "Ruby": ':client_id => "{id}", :client_secret => "{secret}"',
    "camel": "clientId: {id}, clientSecret: {secret}",
    "CSV": "client_id,client_secret\n{id},{secret}",
    "HTML": "<td>Client ID</td><td>{id}</td><td>Client Secret</td><td>{secret}</td>",
    "form": "client_id={id}&client_secret={secret}&grant_type=client_credentials",
    "French": "Identifiant client : {id}\nSecret client : {secret}",
    "French reversed": "Secret du client\u00a0: {secret}\nIdentifiant\u00a0: {id}",
    "one label": "{id}\nClient Secret: {secret}",
    "one label reversed": "Secret: {secret}\n{id}",
    "short labels": "id={id}\nsecret={secret}",
    "paste marks": "\x1b[200~{id}\n{secret}\x1b[201~",
}
NOT_BOTH = {
    "ID": ID,
    "labelled ID": f"Client ID: {ID}",
    "labelled secret": f"Client Secret: {SECRET}",
    "twice": f"{ID}\n{ID}",
    "wrapped ID": f"{ID[:32]}\n{ID[32:]}",
    "labelled wrapped ID": f"Client ID: {ID[:32]}\n{ID[32:]}",
    "three values": f"{ID}\n{SECRET}\n{TOKEN}",
    "tokens": f"access_token {ID} refresh_token {SECRET}",
    "link": f"https://www.bookingsync.com/oauth/authorize?client_id={ID}&response_type=code",
    "code": f"code: {TOKEN}",
    "no secret": f"CLIENT_ID={ID}\nCLIENT_SECRET=",
    "words": "Client ID and Client Secret",
    "nothing": "",
}


@pytest.mark.parametrize("form", BOTH)
def test_both_values_are_read_from_one_paste(form: str) -> None:
    pasted = BOTH[form].format(id=ID, secret=SECRET)
    assert read_pair(Untrusted(pasted)) == Pair(ID, Secret(SECRET))


@pytest.mark.parametrize("form", BOTH)
def test_line_ends_that_a_terminal_sent_as_blanks_change_nothing(form: str) -> None:
    pasted = BOTH[form].format(id=ID, secret=SECRET).replace("\r\n", "\n").replace("\n", " ")
    if form != "comments":
        assert read_pair(Untrusted(pasted)) == Pair(ID, Secret(SECRET))


def test_labelled_values_may_have_any_form() -> None:
    pasted = "CLIENT_ID=my-client-1\nCLIENT_SECRET=s3cr3t.value~x"
    assert read_pair(Untrusted(pasted)) == Pair("my-client-1", Secret("s3cr3t.value~x"))


@pytest.mark.parametrize("form", NOT_BOTH)
def test_anything_else_is_left_to_the_field(form: str) -> None:
    assert read_pair(Untrusted(NOT_BOTH[form])) is None
