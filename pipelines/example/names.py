"""The invented names of Esimerkkilä: places, associations, persons, and the numbers that associations bear.

Here belongs: words, and drawing names and numbers that are unique and plainly invented. Not here: what happens to
their bearers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.check_digit import check_digit

TOWN_GENITIVE = "Esimerkkilän"
VILLAGES = (
    "Arvelan", "Haavelahden", "Harjoituskylän", "Kaavalan", "Keksilän", "Koekylän", "Kokeilulahden", "Kuusikylän",
    "Kuusilahden", "Kuvitelman", "Loruniemen", "Luonnoksen", "Mallilan", "Mukamaan", "Näytekylän", "Oletuskylän",
    "Pohjasannan", "Satulan", "Tarulan", "Tuumalan", "Unelmajärven", "Vitsilän",
)  # fmt: skip

TOWN_NAMES = {
    "politics": (
        "Kunnalliskerho", "Kansalaisfoorumi", "Naisyhdistys", "Rauhanpuolustajat", "Kuntalaisliike",
        "Reserviläiset", "Reserviupseerit", "Maanpuolustusyhdistys", "Sotaveteraanien Perinneyhdistys",
        "Demokratiakerho", "Pohjoismaat Yhdessä", "Ihmisoikeusyhdistys",
    ),
    "labour": (
        "Yrittäjät", "Metallityöväen Ammattiosasto", "Opettajien Ammattiyhdistys", "Sairaanhoitajat",
        "Rautatieläiset", "Maataloustuottajat", "Kuorma-autoilijat", "Rakennustyöväen Ammattiosasto",
        "Insinöörit", "Yrittäjänaiset", "Lomittajat", "Kuntavirkailijat", "Metsänomistajat", "Taksiautoilijat",
        "Paperityöväen Ammattiosasto", "Ravintolatyöläiset", "Siivoojien Ammattiosasto", "Kauppiasyhdistys",
    ),
    "social_health": (
        "Eläkeläiset", "Eläkkeensaajat", "Kansalliset Seniorit", "Sydänyhdistys", "Diabetesyhdistys",
        "Reumayhdistys", "Hengitysyhdistys", "Invalidit", "Kuuloyhdistys", "Näkövammaiset", "Muistiyhdistys",
        "Mielenterveysyhdistys", "Omaishoitajat", "Työttömät", "Selkäyhdistys", "Allergiayhdistys",
        "Syöpäyhdistys", "Kehitysvammaisten Tuki", "A-kilta", "Lastensuojeluyhdistys", "Vanhustentuki",
        "Parkinsonkerho", "Epilepsiayhdistys", "Uusperheet", "Leijonakerho", "Keliakiayhdistys",
        "Munuais- ja Maksakerho", "Psoriasisyhdistys", "Neuroyhdistys", "Aivoyhdistys",
    ),
    "culture": (
        "Mieslaulajat", "Kamarikuoro", "Harrastajateatteri", "Kansantanssijat", "Taideyhdistys", "Valokuvaajat",
        "Lausujat", "Kirjallisuuskerho", "Puhallinorkesteri", "Pelimannit", "Elokuvakerho", "Kotiseutuyhdistys",
        "Museoyhdistys", "Käsityöläiset", "Sukututkijat", "Kulttuuriväki", "Sarjakuvakerho", "Nuorisokuoro",
        "Jazzyhdistys", "Svenska Klubb",
    ),
    "leisure": (
        "Marttayhdistys", "Kennelkerho", "Radioamatöörit", "Puutarhaseura", "Frimerkkikerho", "Veneilijät",
        "Autokerho", "Partiolaiset", "Shakkikerho", "Mehiläishoitajat", "Riistanhoitajat", "Luonnonystävät",
        "Lintuharrastajat", "Moottoripyöräkerho", "Kissaystävät", "Lautapelikerho", "Nuorisotalotoimijat",
        "Sieniseura", "Karavaanarit", "Digikerho", "Tähtiharrastajat", "Nuotioryhmä", "Askartelijat",
        "Kalakerho",
    ),
    "sport": (
        "Latu", "Kiekko", "Palloseura", "Urheilijat", "Voimistelijat", "Uimarit", "Suunnistajat", "Tennisseura",
        "Hiihtoseura", "Pyöräilijät", "Keilaajat", "Judoseura", "Ampujat", "Ratsastajat", "Golfseura",
        "Salibandy", "Taitoluistelijat", "Nyrkkeilijät", "Melojat", "Sulkapalloilijat", "Tanssiurheilijat",
        "Frisbeegolf", "Painijat", "Lentopallo", "Koripallo", "Pesäpallo", "Petanque", "Kuntoliikkujat",
        "Naisvoimistelijat", "Jousiampujat",
    ),
    "religion": (
        "Vapaa Seurakuntatyö", "Lähetysyhdistys", "Nuorten Kristillinen Yhdistys", "Raamattukerho",
        "Rauhanyhdistys", "Humanistit", "Kristilliset Eläkeläiset",
    ),
    "village": (
        "Kyläyhdistykset", "Asukkaat", "Omakotiyhdistys", "Vuokralaiset", "Mökkiläiset", "Torin Ystävät",
    ),
    "other": (
        "Tukijat", "Ystävyysseura", "Kehittäjät", "Palokuntalaiset", "Pelastuskoirat", "Kierrätysyhdistys",
        "Avoin Verkko", "Kriisiapu",
    ),
}  # fmt: skip
"""Names that the town's own associations bear once, by purpose group."""

VILLAGE_NAMES = {
    "village": ("Kyläyhdistys", "Omakotiyhdistys", "Asukasyhdistys", "Maamiesseura"),
    "leisure": ("Metsästysseura", "Erämiehet", "Martat", "Maa- ja Kotitalousnaiset", "Kalastajat"),
    "sport": ("Urheilijat", "Kisa", "Latu", "Pallo"),
    "culture": ("Nuorisoseura", "Perinneyhdistys", "Laulajat"),
    "social_health": ("Eläkeläiset", "Vanhustentuki"),
    "labour": ("Pienviljelijät",),
    "politics": ("Työväenyhdistys", "Kansalaisseura"),
    "religion": ("Lähetyspiiri",),
    "other": ("Vapaapalokunta",),
}
"""Names that the associations of the villages bear, by purpose group."""

UNREGISTERED_GROUPS = (
    "Kuusikylän talkooryhmä",
    "Latusten kyläläiset",
    "Rantaraitin talkooryhmä",
    "Torilavan tapahtumatiimi",
    "Koulunmäen vanhempien verkosto",
)
"""Groups that are in no register and have no Y-tunnus."""

PERSONS = (
    "Taiteilija Testi Esimerkki",
    "Muusikko Malli Esimerkki",
    "Kuvataiteilija Kuvitteellinen Esimerkki",
    "Kirjailija Keksitty Esimerkki",
)
"""Plainly fictional private persons."""

OTHER_RECIPIENT = "Esimerkkilän Seurakunta"
OTHER_RECIPIENT_ID = "9000011-8"
"""A recipient with a Y-tunnus that is no association."""

_FOREIGN_PLACES = ("Naapurikylän", "Rajakylän", "Takalan", "Etäniemen", "Ulkoharjun", "Viereisen", "Toiskylän")
_FOREIGN_NAMES = ("Esimerkkikuoro", "Esimerkkiseura", "Esimerkkiurheilijat", "Esimerkkikerho", "Esimerkkinuoret")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the register writes it, the one that may have been borne before, and the purpose group it tells of."""

    now: str
    before: str
    purpose_group: str


def local_names(rng: random.Random, count: int) -> list[Name]:
    """Draw names of the town's associations: all of the town's own, the rest from the villages.

    Raises
    ------
    ValueError
        More names are asked for than the words give.
    """
    own = [_name(TOWN_GENITIVE, word, group) for group, words in TOWN_NAMES.items() for word in words]
    villages = [
        _name(village, word, group) for group, words in VILLAGE_NAMES.items() for word in words for village in VILLAGES
    ]
    drawn = own + rng.sample(villages, count - len(own))
    rng.shuffle(drawn)
    return drawn


def foreign_names(rng: random.Random, count: int) -> list[Name]:
    """Draw names of associations whose domicile is another municipality."""
    every = [_name(place, word, "other") for place in _FOREIGN_PLACES for word in _FOREIGN_NAMES]
    return rng.sample(every, count)


def _name(place: str, word: str, group: str) -> Name:
    ending = "rf" if word.startswith("Svenska") else "ry"
    return Name(f"{place} {word} {ending}", f"{place} Seudun {word} {ending}", group)


def business_ids(rng: random.Random) -> Iterator[str]:
    """Give distinct Y-tunnus codes 91…98 with valid check digits; no real one begins with a nine."""
    used: set[str] = set()
    while True:
        digits = str(rng.randint(9_100_000, 9_899_999))
        digit = check_digit(digits)
        if digit is None or digits in used:
            continue
        used.add(digits)
        yield f"{digits}-{digit}"


def register_numbers(rng: random.Random, count: int) -> list[int]:
    """Draw distinct register numbers of six digits in rising order, as the register gives them out."""
    return sorted(rng.sample(range(900_001, 990_000), count))
