"""Reports as HTML, and figures as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from digitreader import __version__


@dataclass(frozen=True, slots=True)
class PartResult:
    """One part's result, in each of its forms.

    Attributes:
        title: what was measured, in a few words.
        figures: a frozen data class, for JSON.
        text: lines for people.
        sections: writes the page's sections as HTML; called only if a page is asked for.
        failed: something could not be measured, and this was reported.
    """

    title: str
    figures: object
    text: str
    sections: Callable[[], Sequence[str]]
    failed: bool = False


def percent(share: float) -> str:
    """A share as text: ``97.5 %``."""
    return f"{100 * share:.1f} %"


def share_of(part: float, whole: float) -> float:
    """A part of a whole, 0 if there is no whole."""
    return part / whole if whole else 0.0


def counted(count: float, noun: str) -> str:
    """A number with its noun: ``1 error``, ``2 errors``, ``1,234 errors``."""
    return f"{count:,g} {noun}" if count == 1 else f"{count:,.10g} {noun}s"


COLOURS: Mapping[str, str] = {
    "right": "#009e73",
    "misread": "#d55e00",
    "cut wrongly": "#e69f00",
    "rejected": "#0072b2",
    "not found": "#8a8f98",
    "lost": "#8a8f98",
    "invented": "#cc79a7",
}
"""A colour for right readings and for each cause of an error: Okabe and Ito's, also for colour-blind people."""

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #f6f6f3; --card: #ffffff; --ink: #1d2129; --soft: #626a76; --line: #dfe1e4; --track: #e8eaed;
  --accent: #0072b2; --good: #009e73; --bad: #d55e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --card: #1d2127; --ink: #e7e9ec; --soft: #9aa3af; --line: #323840; --track: #2b3037;
    --accent: #56b4e9; --good: #2fc39a; --bad: #f0803c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
header p { margin: 0; color: var(--soft); }
h1 { margin: 0 0 4px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 48px 0 4px; font-size: 20px; letter-spacing: -0.005em; }
h3 { margin: 28px 0 8px; font-size: 16px; display: flex; align-items: center; gap: 8px; }
p.note { margin: 0 0 16px; color: var(--soft); max-width: 72ch; }
code { font: 0.88em ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.swatch { width: 12px; height: 12px; border-radius: 3px; flex: none; display: inline-block; }
.count { color: var(--soft); font-weight: 400; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0; }
.figure:only-child { max-width: 340px; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.figure b { display: block; font-size: 28px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure span { display: block; font-size: 14px; }
.figure small { display: block; color: var(--soft); font-size: 13px; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; min-width: 0; }
.scrolled { overflow-x: auto; }
.gallery + .panel { margin-top: 12px; }
.sides {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px;
  align-items: start;
}
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: right; color: var(--soft); font-weight: 500; padding: 4px 10px; border-bottom: 1px solid var(--line); }
td { text-align: right; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th:first-child, td:first-child { text-align: left; }
td.bar { width: 30%; min-width: 48px; }
td.bar svg { display: block; width: 100%; height: 10px; }
td.strip img { height: 40px; width: auto; max-width: none; image-rendering: pixelated; display: block; }
.mixed td { text-align: center; padding: 5px 2px; border: 0; min-width: 2.6em; }
.mixed tbody th { border: 0; }
.mixed .diagonal { font-weight: 600; }
.legend {
  display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0; list-style: none; font-size: 14px;
}
.legend li { display: flex; align-items: center; gap: 7px; }
.stack { display: block; width: 100%; height: 26px; border-radius: 6px; }
.gallery { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(var(--tile, 150px), 1fr)); }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figure img { display: block; width: 100%; height: auto; }
figure.glyph { display: flex; flex-direction: column; }
figure.glyph img { image-rendering: pixelated; }
figcaption { padding: 6px 10px 8px; font-size: 13px; line-height: 1.4; color: var(--soft); }
figcaption b { color: var(--ink); font-weight: 600; }
.aligned {
  font: 15px/1.35 ui-monospace, "Liberation Mono", monospace; letter-spacing: 0.12em; overflow-wrap: anywhere;
}
.aligned mark { background: none; color: var(--bad); font-weight: 700; text-decoration: underline; }
.empty { color: var(--soft); padding: 14px 16px; border: 1px dashed var(--line); border-radius: 8px; }
svg text { fill: var(--soft); font: 12px system-ui, "Liberation Sans", sans-serif; }
svg .axis { stroke: var(--line); } svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .reached { fill: var(--accent); } svg .gap { fill: var(--bad); opacity: 0.6; }
svg .modest { fill: var(--good); }
svg .track { fill: var(--track); }
footer { margin-top: 56px; color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); padding-top: 12px; }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #555; --line: #ccc; --track: #e8eaed;
    --accent: #0072b2; --good: #009e73; --bad: #d55e00;
  }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { padding: 0; max-width: none; }
  h2, h3, p.note { break-after: avoid; }
  .sides { grid-template-columns: 1fr 1fr; }
  figure, tr, .figure, .panel { break-inside: avoid; }
  .scrolled { overflow: visible; }
}
"""


NOTHING = "nothing went wrong"
TILE_PX = 150


@dataclass(frozen=True, slots=True)
class Html:
    """A cell or caption that is HTML already."""

    code: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with its caption.

    Attributes:
        address: a data URI.
        caption: plain text, or `Html`.
        alternative: a description of the picture, for people who cannot see it.
    """

    address: str
    caption: str | Html
    alternative: str


def section(title: str, *parts: str, note: str = "", none: str = "none") -> str:
    """A section of the page with a title; if there are no parts, one word instead of them and of the note."""
    said = f'<p class="note">{escape(note)}</p>' if note and parts else ""
    parts = parts or (_empty(none),)
    return "\n".join([f"<section><h2>{escape(title)}</h2>{said}", *parts, "</section>"])


def figures(*entries: tuple[str, str, str]) -> str:
    """Large figures: each its value, what it is, and a remark."""
    cards = (
        f'<div class="figure"><b>{escape(value)}</b><span>{escape(label)}</span><small>{escape(remark)}</small></div>'
        for value, label, remark in entries
    )
    return f'<div class="figures">{"".join(cards)}</div>'


def panel(content: str) -> str:
    """HTML on a card."""
    return f'<div class="panel">{content}</div>'


def sides(*contents: str) -> str:
    """Cards beside each other where there is room."""
    return f'<div class="sides">{"".join(map(panel, contents))}</div>'


def table(head: Sequence[str], rows: Sequence[Sequence[str | Html]]) -> str:
    """A table; the first column names its row. A table that is too wide can be scrolled."""
    if not rows:
        return _empty("none")
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return _scrolled(f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>")


def _scrolled(code: str) -> str:
    # an area that can be scrolled must also be reachable with the keyboard
    return f'<div class="scrolled" tabindex="0">{code}</div>'


def _empty(word: str) -> str:
    return f'<p class="empty">{escape(word)}</p>'


def _cell(cell: str | Html) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    return cell.code if cell.code.startswith("<td") else f"<td>{cell.code}</td>"


def bar(share: float, *, colour: str = "var(--accent)") -> Html:
    """A cell with a bar that is full at 1.0."""
    return Html(
        '<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10" rx="1"/>'
        f'<rect width="{100 * min(max(share, 0.0), 1.0):.2f}" height="10" rx="1" fill="{colour}"/></svg></td>'
    )


def stack(counts: Mapping[str, int]) -> str:
    """One bar with all counts side by side, in the causes' colours, with a legend."""
    total = sum(counts.values())
    rects, left = [], 0.0
    for name, count in counts.items():
        width = 1000 * share_of(count, total)
        title = f"<title>{escape(name)}: {count:,}</title>"
        rects.append(f'<rect x="{left:.2f}" width="{width:.2f}" height="26" fill="{COLOURS[name]}">{title}</rect>')
        left += width
    label = escape(", ".join(f"{name} {count:,}" for name, count in counts.items()))
    drawn = f'<svg class="stack" viewBox="0 0 1000 26" preserveAspectRatio="none" role="img" aria-label="{label}">'
    items = (f"<li>{swatch(name)}{escape(name)} <b>{count:,}</b></li>" for name, count in counts.items())
    return panel(f'{drawn}{"".join(rects)}</svg><ul class="legend">{"".join(items)}</ul>')


def swatch(name: str) -> str:
    """A small square in a cause's colour."""
    return f'<span class="swatch" style="background:{COLOURS[name]}"></span>'


def cause_title(name: str, count: int, *, shown: int) -> str:
    """A heading for the pictures of one cause."""
    said = f"{count:,}" if shown >= count else f"{count:,}, {shown:,} of them shown"
    return f'<h3>{swatch(name)}{escape(name).capitalize()} <span class="count">{said}</span></h3>'


def cause_gallery(
    name: str, count: int, pictures: Sequence[Shown], *, note: str = "", tile_px: int = TILE_PX, pixelated: bool = False
) -> list[str]:
    """The pictures of one cause under its heading, as parts of a section; empty if the cause did not occur."""
    if not count:
        return []
    said = [f'<p class="note">{escape(note)}</p>'] if note and pictures else []
    shown = [gallery(pictures, tile_px=tile_px, pixelated=pixelated)] if pictures else []
    return [cause_title(name, count, shown=len(pictures)), *said, *shown]


def gallery(pictures: Sequence[Shown], *, tile_px: int = TILE_PX, pixelated: bool = False, none: str = "none") -> str:
    """Pictures in a grid; a word if there are none."""
    if not pictures:
        return _empty(none)
    kind = ' class="glyph"' if pixelated else ""
    tiles = (
        f'<figure{kind}><img src="{picture.address}" alt="{escape(picture.alternative)}" loading="lazy">'
        f"<figcaption>{_said(picture.caption)}</figcaption></figure>"
        for picture in pictures
    )
    return f'<div class="gallery" style="--tile:{tile_px}px">{"".join(tiles)}</div>'


def _said(caption: str | Html) -> str:
    return caption.code if isinstance(caption, Html) else escape(caption)


def confusion(counts: Sequence[Sequence[int]]) -> str:
    """The confusion matrix: the truth in rows; more frequent mistakes are darker."""
    most = max((count for r, row in enumerate(counts) for c, count in enumerate(row) if r != c), default=0)
    head = "".join(f"<th>{digit}</th>" for digit in range(10))
    rows = []
    for truth, row in enumerate(counts):
        cells = "".join(_count_cell(count, truth == read, most) for read, count in enumerate(row))
        right = percent(share_of(row[truth], sum(row))) if sum(row) else "none"
        rows.append(f"<tr><th>{truth}</th>{cells}<td>{right}</td></tr>")
    titles = f"<tr><th>truth</th>{head}<th>right</th></tr>"
    return _scrolled(f'<table class="mixed"><thead>{titles}</thead><tbody>{"".join(rows)}</tbody></table>')


def _count_cell(count: int, diagonal: bool, most: int) -> str:
    if diagonal:
        return f'<td class="diagonal">{count:,}</td>'
    strength = round(75 * share_of(count, most))
    shade = f' style="background:color-mix(in srgb, var(--bad) {strength}%, transparent)"' if count else ""
    return f"<td{shade}>{count or '·'}</td>"


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
    """The text above and below the sections.

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
        # a line must not begin with a percent sign
        sections="\n".join(sections).replace(" %", "&nbsp;%"),
        style=STYLE,
        version=__version__,
    )
