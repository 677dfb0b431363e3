"""The whole page, from its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from digitreader import __version__
from digitreader.score.report.style import STYLE

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
<p>{subtitle}</p>
</header>
{sections}
<footer>Made by digitreader {version} with <code>{command}</code></footer>
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above and below the sections.

    Attributes:
        title: what was measured.
        subtitle: with which model.
        command: the command line that made the page.
    """

    title: str
    subtitle: str
    command: str


def page_of(heading: Heading, sections: Sequence[str]) -> str:
    """Write a page.

    Args:
        heading: plain text.
        sections: HTML.
    """
    return PAGE.format(
        title=escape(heading.title),
        subtitle=escape(heading.subtitle),
        command=escape(heading.command),
        # a percent sign is not to begin a line
        sections="\n".join(sections).replace(" %", "&nbsp;%"),
        style=STYLE,
        version=__version__,
    )
