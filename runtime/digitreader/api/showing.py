"""A page shows itself: its picture with boxes and labels, as an array, a PNG or a piece of HTML."""

from __future__ import annotations

import base64
from html import escape

import cv2
import numpy as np

from digitreader.api.arrays import Channels
from digitreader.output.overlay import draw_page, percent_of
from digitreader.values import ColourImage, Frame, Page

MOST_SHOWN_PX = 1200
"""Pixels across that a notebook shows, about."""


def annotated(frame: Frame, page: Page, *, channels: Channels = "bgr") -> ColourImage:
    """The picture with a box and a label round each digit.

    Args:
        frame: the picture.
        page: what was read in it.
        channels: the order of the colours that are given.
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
