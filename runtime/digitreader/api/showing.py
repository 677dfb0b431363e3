"""Shows a page: on one line, as a table, as an array, as a PNG or as HTML."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitreader.api.arrays import Channels
from digitreader.errors import MissingExtraError
from digitreader.output.overlay import draw_page, percent_of
from digitreader.values import MOST_SURE, ColourImage, Frame, Page

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN_PX = 1200
"""The width, in pixels, that a notebook shows, about."""


def annotated(frame: Frame, page: Page, *, channels: Channels = "bgr") -> ColourImage:
    """The picture with a box and a label round each digit.

    Args:
        frame: the picture.
        page: what was read in it.
        channels: the order of the colours in the result.
    """
    drawn = draw_page(frame, page)
    return drawn if channels == "bgr" else np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGR2RGB), np.uint8)


def as_png(frame: Frame, page: Page) -> bytes:
    """The annotated picture as a PNG, no wider than a notebook shows it."""
    drawn = annotated(frame, page)
    shrink = MOST_SHOWN_PX / drawn.shape[1]
    if shrink < 1:
        drawn = np.asarray(cv2.resize(drawn, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    return cv2.imencode(".png", drawn)[1].tobytes()


def as_html(page: Page, png: bytes | None) -> str:
    """The annotated picture with its text; only text and confidences if the picture is gone."""
    if page.error:
        return f"<p>{escape(page.error)}</p>"
    if png is not None:
        encoded, alt = base64.b64encode(png).decode("ascii"), escape(page.text or "no digits", quote=True)
        return f'<img src="data:image/png;base64,{encoded}" alt="{alt}" style="max-width: 100%">'
    rows = [
        f"<tr><td>{escape(line.text)}</td><td>{percent_of(min(each.confidence for each in line.readings))} %</td></tr>"
        for line in page.lines
    ]
    return f"<table><tr><th>line</th><th>least sure</th></tr>{''.join(rows)}</table>" if rows else "<p>no digits</p>"


LONGEST_TEXT = 60


def in_one_line(page: Page) -> str:
    """The text with which Python prints a page."""
    name = page.source if not page.frame else f"{page.source}, frame {page.frame}"
    if page.error:
        return f"<Page {_short(name)}: {_short(page.error)}>"
    digits = page.digits
    if not digits:
        return f"<Page {_short(name)}: no digits>"
    least = min(each.confidence for each in digits)
    count = "1 digit" if len(digits) == 1 else f"{len(digits)} digits"
    return f"<Page {_short(name)}: {_short(page.text)!r}, {count}, least sure {min(least, MOST_SURE):.2f}>"


def page_as_table(page: Page) -> pd.DataFrame:
    """As `Page.to_pandas`.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("to_pandas needs pandas, which is not installed; pip install pandas") from error
    from digitreader.output.csv_table import COLUMNS

    rows = [
        (
            page.source,
            page.frame,
            number,
            place,
            reading.digit if reading.sure else None,
            reading.confidence,
            *reading.box,
        )
        for number, line in enumerate(page.lines)
        for place, reading in enumerate(line.readings)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"digit": "Int64"})


def _short(text: str) -> str:
    text = " / ".join(text.splitlines())
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."
