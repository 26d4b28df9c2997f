"""The statement of accessibility that the Act on the Provision of Digital Services (306/2019) asks for.

Here belongs: the parts of the statement, as HTML. Not here: the page that puts them in order
(`app_pages/accessibility.py`), the tests that it speaks of (`tests/browser/test_accessible.py`).
"""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Final

from dashboards import components
from dashboards.components import Markup
from dashboards.data import Edition
from dashboards.formats import day
from dashboards.report_link import report_link
from dashboards.texts import tr

DRAWN_UP: Final = date(2026, 11, 24)
SUPERVISOR: Final = "https://www.saavutettavuusvaatimukset.fi"
SUPERVISOR_MAIL: Final = "saavutettavuus@traficom.fi"
SUPERVISOR_PHONE: Final = "029 534 5000"


def lead() -> str:
    """Return the message of the page."""
    return tr(
        "These pages meet the accessibility requirements of the law (WCAG 2.1, levels A and AA) for the most part. "
        "What remains is told here, and every figure can be read without what remains."
    )


def conformance() -> str:
    """Return what the statement covers and how far the pages conform."""
    covered = tr(
        "The statement covers all pages of this service in Finnish, Swedish and English. "
        "The service falls under the Act on the Provision of Digital Services (306/2019)."
    )
    return components.paragraph(covered) + components.paragraph(
        tr("The service conforms partially: it meets the requirements with the exceptions below.")
    )


def what_remains() -> str:
    """Return what is not accessible yet, each with its reason and the way round it."""
    return _listed(
        (
            tr("Pointing at a chart needs a mouse."),
            tr("The chart library offers it to no keyboard. The same figures stand in the table behind each chart."),
        ),
        (
            tr("Lists of choices may be announced in the language of the browser."),
            tr("The component library speaks the browser's language. The choices themselves are in the page's."),
        ),
        (
            tr("Tables with many columns scroll sideways on a tablet."),
            tr("They keep their columns side by side for comparing; on a telephone each row becomes a card."),
        ),
        (
            tr("The pages have not been tried by people who use a screen reader."),
            tr("So far names, roles and alternatives have been tested by program. Feedback helps us to mend the rest."),
        ),
    )


def how_tested() -> str:
    """Return when and how the statement was drawn up."""
    return components.paragraph(
        tr(
            "The statement was drawn up on {day}. It rests on our own assessment: axe-core on every page in a real "
            "browser at three widths, light and dark, a tour of every control by keyboard alone, 400% zoom, and "
            "contrast computed from the colours. The tests are run again on every change of the program.",
            day=day(DRAWN_UP),
        )
    )


def feedback(edition: Edition) -> str:
    """Return who answers for faults of accessibility, and in what time."""
    answered = tr(
        "Did you find a fault, or do you need a figure in another form? Tell {contact}. You get an answer within "
        "two weeks.",
        contact=edition.facts.contact_name,
    )
    return components.paragraph(answered) + report_link(edition, tr("Accessibility"))


def supervision() -> str:
    """Return the authority that supervises, and how it is reached."""
    words = tr(
        "If you are not content with the answer, or get none within two weeks, you can complain to the Finnish "
        "Transport and Communications Agency Traficom, which supervises the accessibility of digital services:"
    )
    reached = (
        f'<a href="{SUPERVISOR}">{escape(SUPERVISOR.removeprefix("https://www."))}</a>, '
        f'<a href="mailto:{SUPERVISOR_MAIL}">{SUPERVISOR_MAIL}</a>, {SUPERVISOR_PHONE}'
    )
    return components.paragraph(words) + components.paragraph(Markup(reached))


def _listed(*lines: tuple[str, str]) -> str:
    items = "".join(f"<li><strong>{escape(what)}</strong> {escape(why)}</li>" for what, why in lines)
    return f'<ul class="yp-findings">{items}</ul>'
