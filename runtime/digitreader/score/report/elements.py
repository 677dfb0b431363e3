"""What a page is put together from: figures, tables, bars, galleries. Text is escaped here, HTML goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from digitreader.score.report.style import COLOURS
from digitreader.score.told import percent, share_of

TILE_PX = 150


@dataclass(frozen=True, slots=True)
class Html:
    """A cell or caption that is HTML already."""

    code: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with what is said below it.

    Attributes:
        address: a data URI.
        caption: plain text, or `Html`.
        alternative: what the picture shows, for those who cannot see it.
    """

    address: str
    caption: str | Html
    alternative: str


def section(title: str, *parts: str, note: str = "") -> str:
    """A part of the page under a title."""
    said = f'<p class="note">{escape(note)}</p>' if note else ""
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
    """A table; the first column names its row."""
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


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
    """One bar of all counts beside each other, in the causes' colours, with what each colour means."""
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


def gallery(pictures: Sequence[Shown], *, tile_px: int = TILE_PX, pixelated: bool = False, none: str = "none") -> str:
    """Pictures in a grid; a word where there are none."""
    if not pictures:
        return f'<p class="empty">{escape(none)}</p>'
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
    """What was read as what: the truth in rows, the darker a mistake the more frequent it is."""
    most = max((count for r, row in enumerate(counts) for c, count in enumerate(row) if r != c), default=0)
    head = "".join(f"<th>{digit}</th>" for digit in range(10))
    rows = []
    for truth, row in enumerate(counts):
        cells = "".join(_count_cell(count, truth == read, most) for read, count in enumerate(row))
        right = percent(share_of(row[truth], sum(row))) if sum(row) else "none"
        rows.append(f"<tr><th>{truth}</th>{cells}<td>{right}</td></tr>")
    titles = f"<tr><th>truth</th>{head}<th>right</th></tr>"
    return f'<table class="mixed"><thead>{titles}</thead><tbody>{"".join(rows)}</tbody></table>'


def _count_cell(count: int, diagonal: bool, most: int) -> str:
    if diagonal:
        return f'<td class="diagonal">{count:,}</td>'
    strength = round(75 * share_of(count, most))
    shade = f' style="background:color-mix(in srgb, var(--bad) {strength}%, transparent)"' if count else ""
    return f"<td{shade}>{count or '·'}</td>"
