"""What to send to an account's owner: the link, what to do with it, and how the code comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smily_tui.text import Clean

LANGUAGES: Final = {"en": "English", "fr": "French"}

_ENGLISH: Final = """\
Hello,

May the application “{application}” use {account}? You decide, in your browser:

1. Open this link. Sign in to Smily as the owner of the account if you are asked to.

{link}

2. The page lists what the application could do. If you agree, choose “Authorize”.

3. The page then shows a code. Please send it to me right away: it works once, for about 10 minutes.

The code alone opens nothing; please send no password. You can take the permission back at any time: \
in Smily, open Apps, choose “{application}”, uninstall it.

Thank you!
"""

_FRENCH: Final = """\
Bonjour,

L’application « {application} » peut-elle utiliser {account} ? C’est vous qui décidez, dans votre navigateur :

1. Ouvrez ce lien. Connectez-vous à Smily en tant que propriétaire du compte si la page le demande.

{link}

2. La page montre ce que l’application pourrait faire. Si vous êtes d’accord, choisissez « Autoriser » \
(« Authorize »).

3. La page affiche alors un code. Envoyez-le-moi tout de suite, s’il vous plaît : il sert une seule fois, \
pendant environ 10 minutes.

Le code seul n’ouvre rien ; n’envoyez aucun mot de passe. Vous pouvez retirer cette autorisation à \
tout moment : dans Smily, ouvrez Apps, choisissez « {application} », puis désinstallez-la.

Merci !
"""

_YOURS: Final = {"en": "your Smily account", "fr": "votre compte Smily"}
_NAMED: Final = {"en": "your Smily account “{}”", "fr": "votre compte Smily « {} »"}
_TEXTS: Final = {"en": _ENGLISH, "fr": _FRENCH}


def owner_message(language: str, application: Clean, account: Clean, link: str) -> str:
    """A message ready to be sent, with `link` on a line of its own.

    Args:
        language: `en` or `fr`.
        application: its name.
        account: what the owner calls the account; empty where that is not known.
        link: the one to open; it holds no secret.
    """
    named = _NAMED[language].format(account) if account else _YOURS[language]
    return _TEXTS[language].format(application=application, account=named, link=link)
