"""A plain Plotly Dash app that shows the same pages as the dashboards, from the same edition, to measure them beside it.

`python tests/bench/dash_page.py WORKSPACE PORT`. It is written as Dash's own guide does it: one layout, one callback that
fills it by the address, a `dcc.Graph` a picture. Words, figures and charts are those of the dashboards, so that the two
differ in what serves them alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import plotly.graph_objects as go
import uvicorn
from dash import Dash, Input, Output, dcc, html

from dashboards import leads, sentences
from dashboards.charts import trend
from dashboards.data import Edition, edition_of
from dashboards.measures import Measure, measures
from dashboards.rows import IndicatorCard
from dashboards.texts import say, tr
from dashboards.theme import ACCENT

GROUPS = {
    "/jarjestokentta": ("associations", leads.associations),
    "/talkootyo-ja-jasenet": ("volunteering", leads.volunteering),
    "/tapahtumat": ("events", leads.events),
}


def made(workspace: Path) -> Dash:
    """Return the app; it runs on the same server and framework as the dashboards."""
    app = Dash("dash_page", backend="fastapi", suppress_callback_exceptions=True)
    app.layout = html.Div([dcc.Location(id="address"), html.Div(id="page")])

    @app.callback(Output("page", "children"), Input("address", "pathname"))
    def page(pathname: str) -> list[html.Div]:
        edition = edition_of(workspace)
        footer = html.Footer(edition.facts.edition_id, id="footer")
        return [*(_group(edition, *GROUPS[pathname]) if pathname in GROUPS else _overview(edition)), footer]

    return app


def _overview(edition: Edition) -> list[html.Div]:
    tiles = html.Div([_tile(edition, measure) for measure in measures()])
    return [html.H1(tr("Overview")), html.P(leads.overview(edition)), tiles]


def _tile(edition: Edition, measure: Measure) -> html.Div:
    known = [edition.indicators[name] for name in measure.indicators if name in edition.indicators]
    pieces = [html.H3(measure.title)]
    for card in known:
        pieces += _figure(edition, card)
    if known and (drawn := _small(edition, known[0])):
        pieces.append(dcc.Graph(figure=drawn, config={"displayModeBar": False}))
    return html.Div(pieces)


def _figure(edition: Edition, card: IndicatorCard) -> list[html.P]:
    value = edition.latest(card.indicator_id)
    if value is None:
        return []
    change = edition.change(value)
    words = f"{sentences.change_arrow(change)} {sentences.change_words(card, change)}" if change else ""
    told = (sentences.headline(edition, card), words, sentences.interval(card, value), sentences.told_by(value))
    return [*(html.P(text) for text in told if text), html.P(sentences.verdict_word(value.verdict))]


def _small(edition: Edition, card: IndicatorCard) -> go.Figure | None:
    series = [value for value in edition.series(card.indicator_id) if value.number is not None]
    if len(series) < 2:
        return None
    drawn = go.Figure(layout={"height": 60, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": False})
    drawn.add_scatter(x=[one.year for one in series], y=[one.number for one in series], line={"color": ACCENT})
    return drawn.update_xaxes(visible=False).update_yaxes(visible=False)


def _group(edition: Edition, group: str, lead: leads.Callable[[Edition], str]) -> list[html.Div]:
    cards = [card for card in edition.indicators.values() if card.indicator_group == group]
    return [html.P(lead(edition)), *(_evidence(edition, card) for card in cards)]


def _evidence(edition: Edition, card: IndicatorCard) -> html.Div:
    series = edition.series(card.indicator_id)
    drawn = trend(
        card, series, edition.breaks_of(card.indicator_id), lambda value: sentences.pointed_at(edition, card, value)
    )
    rows = [
        html.Tr(
            [html.Td(value.when), html.Td(sentences.cell(edition, card, value)), html.Td(sentences.bounds(card, value))]
        )
        for value in reversed(series)
    ]
    method = [
        html.Dl([html.Dt(tr("Method")), html.Dd(say(card.method)), html.Dt(tr("Limits")), html.Dd(say(card.limits))])
    ]
    return html.Div(
        [
            html.H2(sentences.headline(edition, card)),
            *_figure(edition, card),
            dcc.Graph(figure=drawn, config={"displayModeBar": False}),
            html.Details([html.Summary(tr("Year")), html.Table(rows)]),
            html.Details([html.Summary(tr("Method")), *method]),
        ]
    )


if __name__ == "__main__":
    server = made(Path(sys.argv[1])).server
    # kept for longer than the viewers pause: a browser would open a new connection and ask again
    uvicorn.run(server, port=int(sys.argv[2]), timeout_keep_alive=60, access_log=False, log_level="warning")
