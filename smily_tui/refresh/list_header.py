"""What the columns of a list are, by the names in its first line, in five languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COLUMNS: Final = 200
LABEL, NUMBER, SCOPES = "name", "account number", "permissions"
_WORDS: Final = {
    "account": "account accounts compte comptes konto kontos cuenta cuentas conto conti smily bookingsync",
    "number": (
        "id ids identifier identifiant identifikation kennung identificador identificativo identificatore "
        "number numbers num numero numeros numeri nummer nummern nr nro no n"
    ),
    "name": (
        "label name names nom noms libelle intitule title titre titel bezeichnung nombre nombres titulo nome "
        "nomi titolo denominazione"
    ),
    "business": (
        "business company agency societe entreprise agence etablissement raison sociale firma firmen "
        "unternehmen agentur empresa agencia razon social azienda societa agenzia ragione"
    ),
    "owner": (
        "owner owners customer customers client clients host hosts proprietaire proprietaires hote hotes "
        "bailleur eigentumer besitzer inhaber kunde kunden gastgeber vermieter propietario cliente clientes "
        "clienti anfitrion titular proprietario proprietari"
    ),
    "scopes": (
        "scope scopes permission permissions rights autorisation autorisations droit droits berechtigung "
        "berechtigungen recht rechte permiso permisos derecho derechos permesso permessi autorizzazione "
        "autorizzazioni"
    ),
    "little": "the of de du des d la le les l del della dell dello di da do der die das el los o",
}
_ACCOUNT, _NUMBER, _NAME, _BUSINESS, _OWNER, _SCOPES, _LITTLE = (
    frozenset(words.split()) for words in _WORDS.values()
)
_KNOWN: Final = _ACCOUNT | _NUMBER | _NAME | _BUSINESS | _OWNER | _SCOPES
_DIGITS = re.compile(r"\W*\d[\d\W]*")


@dataclass(frozen=True)
class Header:
    """What a first line says.

    Attributes:
        order: what each column is; empty for one that is not used.
        used: the names of the columns that are used, each with what it is.
        unused: the names of the others.
    """

    order: tuple[str, ...]
    used: tuple[tuple[Clean, str], ...]
    unused: tuple[Clean, ...]


def read_header(cells: Sequence[str]) -> Header | None:
    """What the columns are; None where none has a known name, or one of the cells is a number.

    Of two columns of one kind that with the more exact name is used.
    """
    if len(cells) > MOST_COLUMNS or any(looks_like_a_number(cell) for cell in cells):
        return None
    ranked = [_kind(cell) for cell in cells]
    order = [""] * len(cells)
    for kind in (LABEL, NUMBER, SCOPES):
        ranks = [rank for known, rank in ranked if known == kind]
        if ranks:
            order[ranked.index((kind, max(ranks)))] = kind
    if not any(order):
        return None
    names = [clean(cell, 60) for cell in cells]
    used = tuple((name, kind) for name, kind in zip(names, order, strict=True) if kind)
    unused = tuple(name for name, kind in zip(names, order, strict=True) if name and not kind)
    return Header(tuple(order), used, unused)


def looks_like_a_number(cell: str) -> bool:
    """Whether there are digits and no letters."""
    return _DIGITS.fullmatch(cell) is not None


def _kind(name: str) -> tuple[str, int]:
    """What a column of that name is, and how exactly the name says so."""
    words = _words(name)
    if not words:
        return "", 0
    if words & _SCOPES:
        return (SCOPES, 0) if words <= _SCOPES | _ACCOUNT else ("", 0)
    if words & _NUMBER:
        return (NUMBER, len(words)) if words <= _NUMBER | _ACCOUNT else ("", 0)
    if words <= _ACCOUNT | _NAME | _BUSINESS | _OWNER:
        return LABEL, 3 * bool(words & _NAME) + 2 * bool(words & (_ACCOUNT | _BUSINESS)) - bool(
            words & _OWNER
        )
    return "", 0


def _words(name: str) -> frozenset[str]:
    """The words of a name without accents, case and punctuation; two known ones written as one are two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    words = set(re.findall(r"[^\W_]+", plain.casefold())) - _LITTLE
    return frozenset(part for word in words for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    """Two known words in one, such as `kontonummer`; else the word."""
    cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return (word,) if word in _KNOWN else next((both for both in cuts if _KNOWN.issuperset(both)), (word,))
