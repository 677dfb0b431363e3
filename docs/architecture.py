# ruff: noqa: INP001  a script, no package
"""Draw docs/architecture.svg, the packages of the runtime and their imports: `python docs/architecture.py`.

The arrows are read from the source files, imports inside functions and for types alone included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "runtime" / "digitreader"
DRAWING = DOCS / "architecture.svg"

GROUND = ("errors", "host", "values")
"""Every package may import these, so their arrows are not drawn."""
ROOMS = (
    *GROUND,
    *("drawing", "camera", "model", "find", "reading", "output", "setup", "measure", "api", "web", "cli"),
)
"""From the lowest to the highest: a package imports only packages that stand before it here."""
WAY_OF_A_FRAME = ("camera", "find", "model", "reading", "output")

WIDTH, LEFT, BOX_WIDTH, BOX_HEIGHT, STEP, TOP = 980, 130, 600, 44, 62, 20
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#b9770e", "#34495e", "#117a65", "#a04000")

CAPTION = f"right: imports (all packages above may import from {', '.join(GROUND)}); left: the way of a frame"

Imports = Mapping[str, frozenset[str]]
"""By a module's full name, the modules of `digitreader` that it imports."""


def module_name(path: Path, package: Path = PACKAGE) -> str:
    """The full name of the module in a file; a room's name where the file is its ``__init__``."""
    parts = (package.name, *path.relative_to(package).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imported_names(source: str) -> Iterator[tuple[str, str]]:
    """Each module that Python source imports, and the name taken from it or an empty text.

    Imports inside functions and under ``TYPE_CHECKING`` count as well.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.module, alias.name) for alias in node.names)


def read_imports(package: Path = PACKAGE) -> dict[str, frozenset[str]]:
    """Which modules of a package import which others of it."""
    files = {module_name(path, package): path for path in package.rglob("*.py")}
    return {name: _within(files, path) for name, path in files.items()}


def _within(files: Mapping[str, Path], path: Path) -> frozenset[str]:
    pairs = imported_names(path.read_text(encoding="utf-8"))
    whole = ((f"{module}.{name}" if f"{module}.{name}" in files else module) for module, name in pairs)
    return frozenset(module for module in whole if module in files)


def room_of(module: str) -> str:
    """The room in which a module stands; an empty text for the package itself."""
    return {"__main__": "cli"}.get(room := f"{module}.".split(".")[1], room)


def room_arrows(imports: Imports) -> set[tuple[str, str]]:
    """Each pair of rooms of which the first one imports from the second one; the package itself is free."""
    pairs = {(room_of(module), room_of(other)) for module, others in imports.items() for other in others}
    return {(room, other) for room, other in pairs if room and other and room != other}


def circles(imports: Imports) -> list[list[str]]:
    """The groups of modules that import each other in a circle, each sorted by name."""
    reached = {module: _reached_from(module, imports) for module in imports}
    groups = {frozenset(other for other in reached[module] if module in reached[other]) for module in imports}
    return sorted(sorted(group) for group in groups if group)


def _reached_from(module: str, imports: Imports) -> frozenset[str]:
    """Every module that is imported by a module, by those that it imports, and so on."""
    reached: set[str] = set()
    waiting = list(imports[module])
    while waiting:
        if (other := waiting.pop()) not in reached:
            reached.add(other)
            waiting += imports[other]
    return frozenset(reached)


def draw(imports: Imports, package: Path = PACKAGE) -> str:
    """The drawing as SVG: the highest room at the top, arrows down to the rooms that it imports from."""
    rows = [*(room for room in reversed(ROOMS) if room not in GROUND), *reversed(GROUND)]
    tops = {room: TOP + STEP * row for row, room in enumerate(rows)}
    drawn = [pair for pair in room_arrows(imports) if pair[1] not in GROUND]
    arrows = sorted(drawn, key=lambda pair: (tops[pair[0]], tops[pair[1]]))
    height = TOP + STEP * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_markers(),
        *(_box(room, top, package) for room, top in tops.items()),
        *(_import_arrow(arrows, number, tops) for number in range(len(arrows))),
        *_frame_arrows(tops),
        f'<text x="{LEFT}" y="{height - 12}" font-size="12" fill="#555">{CAPTION}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _markers() -> list[str]:
    """The arrows' heads, one for each colour."""
    return [
        f'<marker id="head{number}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
        for number, colour in enumerate((*COLOURS, "#e08e0b"))
    ]


def _box(room: str, top: int, package: Path) -> str:
    on_the_way, below = room in WAY_OF_A_FRAME, room in GROUND
    fill = "#fdf3df" if on_the_way else "#eeeeee" if below else "#eef4fa"
    return (
        f'<rect x="{LEFT}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" fill="{fill}" stroke="#777"/>'
        f'<text x="{LEFT + 12}" y="{top + 18}" font-size="12" font-weight="bold">{room}</text>'
        f'<text x="{LEFT + 12}" y="{top + 35}" font-size="11">{escape(_description(room, package))}</text>'
    )


def _description(room: str, package: Path) -> str:
    """The first line of the room's docstring."""
    path = package / room / "__init__.py"
    source = (path if path.exists() else package / f"{room}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _import_arrow(arrows: list[tuple[str, str]], number: int, tops: Mapping[str, int]) -> str:
    """An arc at the right of the boxes; the ends of several arcs at one box lie below each other."""
    room, other = arrows[number]
    out = [pair for pair in arrows if pair[0] == room]
    into = [pair for pair in arrows if pair[1] == other]
    start = tops[room] + BOX_HEIGHT * (0.5 + 0.5 * (out.index((room, other)) + 1) / (len(out) + 1))
    end = tops[other] + 0.5 * BOX_HEIGHT * (len(into) - into.index((room, other))) / (len(into) + 1)
    x, bulge, colour = LEFT + BOX_WIDTH, 24 + 0.36 * (end - start), ROOMS.index(room) % len(COLOURS)
    path = f"M{x} {start:.1f}C{x + bulge:.1f} {start:.1f} {x + bulge:.1f} {end:.1f} {x} {end:.1f}"
    return (
        f'<path d="{path}" fill="none" stroke="{COLOURS[colour]}" stroke-width="1.3" marker-end="url(#head{colour})">'
        f"<title>{room} imports from {other}</title></path>"
    )


def _frame_arrows(tops: Mapping[str, int]) -> Iterator[str]:
    """The way of a frame, as thick arcs at the left of the boxes."""
    for room, following in pairwise(WAY_OF_A_FRAME):
        up = tops[following] < tops[room]
        start = tops[room] + BOX_HEIGHT * (0.3 if up else 0.7)
        end = tops[following] + BOX_HEIGHT * (0.7 if up else 0.3)
        bulge = 20 + 0.3 * abs(end - start)
        path = f"M{LEFT} {start:.1f}C{LEFT - bulge:.1f} {start:.1f} {LEFT - bulge:.1f} {end:.1f} {LEFT} {end:.1f}"
        yield (
            f'<path d="{path}" fill="none" stroke="#e08e0b" stroke-width="3" marker-end="url(#head{len(COLOURS)})">'
            f"<title>a frame goes from {room} to {following}</title></path>"
        )


def main() -> None:
    """Write the drawing."""
    DRAWING.write_text(draw(read_imports()), encoding="utf-8")


if __name__ == "__main__":
    main()
