"""Invented accounts whose owners can approve an application."""

from __future__ import annotations

from typing import Final, NamedTuple


class FakeAccount(NamedTuple):
    """Account whose owner can approve."""

    number: int
    business_name: str
    email: str
    status: str
    default_locale: str
    city: str
    zip: str
    country_code: str
    currency: str
    lat: float
    lng: float


_TABLE: Final = """
4711 | Villa Rosa | rosa@example.com | paying | en | Paphos | 8010 | CY | EUR | 34.8 | 32.4
4712 | Chalet [Alpes] | chalet@example.com | paying | fr | Morzine | 74110 | FR | EUR | 46.2 | 6.7
4713 | Casa Azul & Jardín | azul@example.com | trial | es | Tarifa | 11380 | ES | EUR | 36.0 | -5.6
4714 | Old Mill Farm | mill@example.com | suspended | en | Kendal | LA9 4QL | GB | GBP | 54.3 | -2.7
4715 | Quinta do Sobreiro | quinta@example.com | paying | pt | Tavira | 8800 | PT | EUR | 37.1 | -7.6
4716 | Haus am Deich | deich@example.com | paying | de | Husum | 25813 | DE | EUR | 54.5 | 9.1
4717 | Trullo Bianco | trullo@example.com | paying | it | Locorotondo | 70010 | IT | EUR | 40.8 | 17.3
4718 | Fjordhytta | fjord@example.com | trial | nb | Voss | 5700 | NO | NOK | 60.6 | 6.4
4719 | Windmill Suites | windmill@example.com | paying | el | Naoussa | 84401 | GR | EUR | 37.1 | 25.2
4720 | Banksia Beach House | banksia@example.com | paying | en | Robe | 5276 | AU | AUD | -37.2 | 139.8
4721 | Maple Lake Cabins | maple@example.com | paying | en | Huntsville | P1H | CA | CAD | 45.3 | -79.2
4722 | Umibe no Ie | umibe@example.com | trial | ja | Itoshima | 819 | JP | JPY | 33.6 | 130.2
"""


def _read(line: str) -> FakeAccount:
    number, *texts, lat, lng = line.split(" | ")
    name, email, status, locale, city, code, country, currency = texts
    place = (city, code, country, currency, float(lat), float(lng))
    return FakeAccount(int(number), name, email, status, locale, *place)


ACCOUNTS: Final = tuple(map(_read, _TABLE.strip().splitlines()))
