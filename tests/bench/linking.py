"""How well names are linked without a person, on the labelled mentions, and how long linking takes.

Run by `make bench`. Rules and bars were chosen on the cases for development; the cases for testing are what counts. Heavy
noise is told apart, and so is a plain half-and-half score with a margin, which the step has to beat.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from itertools import product
from pathlib import Path

import polars as pl
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from name_cases import DEVELOPMENT, HEAVY, TEST, Cases, Score, measure, outcomes, read_cases

from pipelines import likeness

SIZES = ((450, 250), (50_000, 20_000))
PLAIN_BARS, PLAIN_MARGINS = (0.70, 0.75, 0.80, 0.85, 0.90), (0.02, 0.05, 0.10)


def main() -> None:
    """Measure and print."""
    development, test = read_cases(DEVELOPMENT), read_cases(TEST)
    found = outcomes(test)
    print(f"Cases for testing: {found.height} mentions, register of {test.associations.height} associations")
    print(f"{'':28}{'n':>5}{'linked':>8}{'wrong':>7}{'review':>8}{'precision':>11}{'recall':>8}{'top 3':>7}")
    _print_noise(found)
    print("A plain score, half TF-IDF, half token_sort; bar and margin chosen on the cases for development")
    bar, margin = _plain_bar_and_margin(development)
    _print_noise(_plain_links(_plain_scores(test), bar, margin))
    print("By kind")
    for (kind,), rows in found.group_by(["kind"], maintain_order=True):
        _print(str(kind), measure(rows))
    print(f"Cases for development: {development.mentions.height} mentions (rules were tuned on them)")
    _print_noise(outcomes(development))
    print("\nTime of the step by likeness, invented names")
    for associations, mentions in SIZES:
        seconds = _seconds(associations, mentions)
        print(f"  {associations:>6} associations, {mentions:>6} mentions {seconds:8.1f} s", flush=True)
    print(f"  memory at the most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _print_noise(found: pl.DataFrame) -> None:
    is_heavy = pl.col("kind").str.starts_with(HEAVY)
    _print("light noise", measure(found.filter(~is_heavy)))
    _print("heavy noise", measure(found.filter(is_heavy)))


def _print(title: str, score: Score) -> None:
    counts = f"{score.mentions:>5}{score.linked:>8}{score.wrong:>7}{score.in_review:>8}"
    print(f"  {title:<26}{counts}{score.precision:>11.3f}{score.recall:>8.3f}{score.top_three:>7.3f}")


def _plain_bar_and_margin(development: Cases) -> tuple[float, float]:
    """Return the bar and margin of the plain score that find most at a precision of .995 on light noise."""
    scored = _plain_scores(development).filter(~pl.col("kind").str.starts_with(HEAVY))

    def worth(bar_and_margin: tuple[float, float]) -> tuple[bool, float]:
        score = measure(_plain_links(scored, *bar_and_margin))
        return score.precision >= 0.995, score.recall

    return max(product(PLAIN_BARS, PLAIN_MARGINS), key=worth)


def _plain_scores(cases: Cases) -> pl.DataFrame:
    """Return the mentions with the best three associations, the best score and its lead."""
    said, known = cases.mentions["mention"].to_list(), cases.names["name_key"].to_list()
    keys = cases.mentions.select(pl.col("mention").str.to_lowercase()).to_series().to_list()
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    register = vectorizer.fit_transform(known)
    cosine = (vectorizer.transform(keys) @ register.T).toarray()
    score = (cosine + process.cdist(keys, known, scorer=fuzz.token_sort_ratio) / 100) / 2
    numbers = cases.names["register_number"].to_list()
    rows = []
    for mention, line in zip(said, score, strict=True):
        best: dict[str, float] = {}
        for place in line.argsort()[::-1][:20]:
            best.setdefault(numbers[place], float(line[place]))
        (first, top), (_, second), *_ = best.items()
        rows.append((mention, first, top, top - second, list(best)[:3]))
    return cases.mentions.join(
        pl.DataFrame(rows, schema=["mention", "first", "top", "lead", "shown"], orient="row"), on="mention"
    )


def _plain_links(scored: pl.DataFrame, bar: float, margin: float) -> pl.DataFrame:
    is_clear = (pl.col("top") >= bar) & (pl.col("lead") >= margin)
    return scored.with_columns(
        register_number=pl.when(is_clear).then("first"),
        method=pl.when(is_clear).then(pl.lit("likeness")).otherwise(pl.lit("review")),
    )


def _seconds(associations: int, mentions: int) -> float:
    rng = random.Random(1)
    register = _invented(rng)[:associations]
    names = pl.DataFrame(
        {"register_number": [f"{number:06}" for number in range(associations)], "name": register},
    ).with_columns(kind=pl.lit("current"), is_local=pl.lit(value=True), status=pl.lit("registered"))
    said = list(dict.fromkeys(_misspelt(rng, rng.choice(register)) for _ in range(mentions)))
    started = time.perf_counter()
    likeness.candidates(said, names, "Esimerkkilä")
    return time.perf_counter() - started


def _invented(rng: random.Random) -> list[str]:
    """Return invented names in a random order: village, kind of association."""
    sizes = ("", "Iso-", "Pikku-", "Vanha-", "Uusi-", "Ylä-")
    first = [
        "Naava",
        "Kaisla",
        "Hiiden",
        "Suvi",
        "Pihlaja",
        "Koivu",
        "Musta",
        "Valkea",
        "Kuusi",
        "Haapa",
        "Lehto",
        "Rauta",
        "Kivi",
        "Hopea",
        "Kulta",
        "Karhu",
        "Susi",
    ]
    first += ["Ilves", "Joutsen", "Kotka", "Lumi", "Halla", "Sumu", "Tuuli", "Aalto", "Ranta", "Korpi"]
    second = [
        "järven",
        "lahden",
        "mäen",
        "salmen",
        "kosken",
        "niemen",
        "saaren",
        "vaaran",
        "harjun",
        "kylän",
        "lammen",
        "rannan",
        "kankaan",
        "pellon",
        "virran",
    ]
    kinds = [
        "Metsästysseura",
        "Kyläyhdistys",
        "Eläkeläiset",
        "Eläkkeensaajat",
        "Martat",
        "Nuorisoseura",
        "Urheilijat",
        "Hiihtoseura",
    ]
    kinds += [
        "Pelimannit",
        "Kalastusseura",
        "Omakotiyhdistys",
        "Työväenyhdistys",
        "Reserviläiset",
        "Sotaveteraanit",
        "Yrittäjät",
    ]
    kinds += [
        "Taideyhdistys",
        "Ratsastajat",
        "Invalidit",
        "Sydänyhdistys",
        "Näkövammaiset",
        "Kotiseutuyhdistys",
        "Partiolaiset",
    ]
    names = [f"{size}{a}{b} {kind} ry" for size in sizes for a in first for b in second for kind in kinds]
    rng.shuffle(names)
    return names


def _misspelt(rng: random.Random, name: str) -> str:
    bare = name.removesuffix(" ry")
    place = rng.randrange(2, len(bare) - 2)
    swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
    return rng.choice([bare[:place] + bare[place + 1 :], swapped, " ".join(reversed(bare.split()))])


if __name__ == "__main__":
    main()
