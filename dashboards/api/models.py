"""What may be asked and what is answered, as types; the OpenAPI description is written from them.

Here belongs: parameters and answers with a sentence on each. Not here: finding the answers (`routes`).
Unknown parameters are refused: a misspelt filter would otherwise give figures that nobody asked for.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

Format = Literal["json", "csv"]

LARGEST_PAGE = 5000


IndicatorId = Annotated[str, Path(description="Id of an indicator.", examples=["grants_awarded_eur"])]
TermId = Annotated[str, Path(description="A council term.", examples=["2021-2025"])]
EditionId = Annotated[str, Path(description="Id of an edition, see /api/v1/editions.")]


class Question(BaseModel):
    """Parameters of an address."""

    model_config = ConfigDict(extra="forbid")


class EditionQuestion(Question):
    """Parameters that every address with figures has."""

    edition: Annotated[str | None, Field(description="Id of an edition; without it the current one.")] = None
    format: Annotated[Format | None, Field(description="json or csv; without it, what the header Accept asks for.")] = (
        None
    )


class IndicatorsQuestion(EditionQuestion):
    """Parameters of `/indicators`."""

    group: Annotated[str | None, Field(description="Only the indicators of a group, such as grants.")] = None


class ValuesQuestion(EditionQuestion):
    """Parameters of `/values`; a filter that is given several times takes any of its values."""

    indicator: Annotated[list[str], Field(description="Ids of indicators.", examples=[["grants_awarded_eur"]])] = []
    period_type: Annotated[Literal["year", "term"] | None, Field(description="Years or council terms.")] = None
    period: Annotated[list[str], Field(description="Years or council terms.", examples=[["2024", "2021-2025"]])] = []
    term: Annotated[
        str | None, Field(description="A council term: its years, and the figures of the term as a whole.")
    ] = None
    breakdown: Annotated[list[str], Field(description="Breakdowns, or total.", examples=[["granting_body"]])] = []
    breakdown_value: Annotated[list[str], Field(description="Codes of groups, or total.")] = []
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Most values in one answer.")] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000, description="How many values to pass over first.")] = 0


class Answer(BaseModel):
    """Anything that is answered; it can be made from the rows of an edition."""

    model_config = ConfigDict(from_attributes=True)


class Texts(Answer):
    """One text in three languages."""

    fi: str
    sv: str
    en: str


class IndicatorAnswer(Answer):
    """An indicator: what it tells, how it is counted, what it does not tell."""

    indicator_id: str
    indicator_group: Annotated[str, Field(description="Group that it is shown in.")]
    title: Texts
    question: Texts
    formula: Texts
    unit: Texts
    method: Texts
    limits: Texts
    unit_code: str
    direction: Annotated[str, Field(description="up, down or none: which way is better.")]
    kind: Annotated[str, Field(description="stock, flow or share.")]
    basis: Annotated[str, Field(description="What kind of data it rests on.")]
    sources: list[str]
    handbook: Annotated[str, Field(description="Line of the handbook.")]
    disclosure: Annotated[str, Field(description="Whose small groups are protected.")]
    materiality: Annotated[float, Field(description="Smallest relative change worth telling.")]
    decimals: int
    breakdowns: list[str]


class IndicatorsAnswer(Answer):
    """The indicators of an edition, in the order in which people read them."""

    edition: str
    indicators: list[IndicatorAnswer]


class BreakAnswer(Answer):
    """A break that cuts the comparison of a series."""

    break_id: str
    breaks_on: date
    text: Texts


class IndicatorDetailAnswer(Answer):
    """One indicator with the breaks of its series."""

    edition: str
    indicator: IndicatorAnswer
    breaks: list[BreakAnswer]


class ValueAnswer(Answer):
    """One figure: an indicator, a period and a group."""

    indicator_id: str
    period_type: str
    period: Annotated[str, Field(description="Year, or council term.")]
    breakdown: Annotated[str, Field(description="Breakdown, or total.")]
    breakdown_value: Annotated[str, Field(description="Code of the group, or total.")]
    value: Annotated[float | None, Field(description="The value; an estimate where method says so.")]
    lower: Annotated[float | None, Field(description="Lower bound of the 95% interval.")]
    upper: Annotated[float | None, Field(description="Upper bound of the 95% interval.")]
    n: Annotated[int | None, Field(description="Observations behind the value.")]
    population: Annotated[int | None, Field(description="Units that the value should speak of.")]
    coverage_share: float | None
    reported: Annotated[float | None, Field(description="The plain sum or mean of what was told or counted.")]
    method: str
    status: Annotated[str, Field(description="preliminary, final or revised.")]
    verdict: Annotated[str, Field(description="usable, usable_with_care or not_usable.")]
    verdict_reason: Annotated[str, Field(description="Key of a sentence, see meta.messages of the open data.")]
    break_id: Annotated[str | None, Field(description="Series break that falls in the period.")]
    is_hidden: Annotated[bool, Field(description="Hidden to protect a small group; then there are no numbers.")]


class ValuesAnswer(Answer):
    """A page of figures; `next` is the address of the following page, null on the last one."""

    edition: str
    licence: str
    total: Annotated[int, Field(description="Figures that fit the question, on all pages.")]
    limit: int
    offset: int
    next: str | None
    values: list[ValueAnswer]


class TermAnswer(Answer):
    """A council term; its years are those at whose end its council sits."""

    term_id: str
    starts: date
    ends: date
    baseline_year: Annotated[int, Field(description="Last full year before the term.")]
    first_year: int
    last_year: int


class TermFigureAnswer(Answer):
    """An indicator over a council term: baseline, newest figure, target, and the change against both."""

    indicator_id: str
    baseline_period: str | None
    baseline: float | None
    baseline_lower: float | None
    baseline_upper: float | None
    latest_period: str | None
    latest: float | None
    latest_lower: float | None
    latest_upper: float | None
    latest_status: str | None
    change: float | None
    change_lower: float | None
    change_upper: float | None
    change_share: float | None
    direction: Annotated[str, Field(description="rose, fell, no_clear_change or not_comparable.")]
    change_reason: str
    broken_on: date | None
    target: float | None
    target_owner: str | None
    target_set_on: date | None
    target_decided_in: str | None
    target_gap: Annotated[float | None, Field(description="Newest figure minus target.")]
    target_state: str
    target_reason: str
    verdict: str
    verdict_reason: str


class TermsAnswer(Answer):
    """The council terms, the newest first."""

    edition: str
    terms: list[TermAnswer]


class TermDetailAnswer(Answer):
    """A council term with its figures."""

    edition: str
    term: TermAnswer
    figures: list[TermFigureAnswer]


class EditionAnswer(Answer):
    """An edition that can be asked for."""

    edition_id: str
    published_at: Annotated[str, Field(description="When it was published, ISO 8601.")]
    software_version: str
    is_current: bool


class EditionsAnswer(Answer):
    """The editions, the newest first."""

    current: str
    editions: list[EditionAnswer]


class FileAnswer(Answer):
    """A file of the open data."""

    address: str
    path: str
    media_type: str
    size: Annotated[int, Field(description="Bytes.")]
    sha256: str
    table: str | None


class EditionDetailAnswer(Answer):
    """An edition: whose, until when, and its open data."""

    edition_id: str
    municipality_code: str
    municipality_name: str
    is_example: Annotated[bool, Field(description="The data is invented.")]
    data_until: date
    software_version: str
    licence: str
    files: list[FileAnswer]


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: Annotated[str, Field(description="about:blank: the status says what kind of problem it is.")] = "about:blank"
    title: Annotated[str, Field(description="What the status means.")]
    status: int
    detail: Annotated[str, Field(description="One sentence in the language of the header Accept-Language.")]
    instance: Annotated[str, Field(description="The address that was asked for.")]
