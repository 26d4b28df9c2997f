"""Three municipalities in a country: the small edition under three names, and the comparison of them."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import duckdb
from small_edition import EDITION, build

from pipelines.country import comparison
from pipelines.country.folder import Country

TOWNS = {"998": ("Esimerkkilä", 17_000), "001": ("Harjoitusniemi", 10_000), "002": ("Kuvitelmasuo", 40_000)}
"""Name and residents of each: the same euros are more per resident in a small one."""

SETTINGS = 'name = "Keksitty maa"\n' + "".join(
    f'[[towns]]\ncode = "{code}"\nfolder = "towns/{code}"\n' for code in TOWNS
)


def build_country(root: Path) -> Country:
    """Write the country, and return it with its comparison published."""
    whole = root / "towns" / "998"
    build(whole)
    (root / "country.toml").write_text(SETTINGS, encoding="utf-8")
    for code in TOWNS.keys() - {"998"}:
        copytree(whole, root / "towns" / code)
    for code, (name, residents) in TOWNS.items():
        folder = root / "towns" / code
        with duckdb.connect(str(folder / "editions" / EDITION / "public.duckdb")) as connection:
            connection.execute("UPDATE meta.edition SET municipality_code = ?, municipality_name = ?", [code, name])
            connection.execute(
                """
                UPDATE marts.indicator_values SET value = 1000 * n / $n, population = $n
                WHERE indicator_id = 'associations_per_1000' AND breakdown = 'total'
                """,
                {"n": residents},
            )
    country = Country(root)
    assert comparison.make(country) is not None
    return country
