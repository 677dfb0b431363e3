"""Pages and readings as text on one line and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitreader.errors import MissingExtraError
from digitreader.values import MOST_SURE, Page

if TYPE_CHECKING:
    import pandas as pd

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
