"""Warns if --region extends beyond the picture, or if a number touches its edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from digitreader.camera.framing import SourceWrapper
from digitreader.host.messages import print_detail, print_warning
from digitreader.output.sink import Sink
from digitreader.values import Box, Frame, Page, cut_to, scaled

if TYPE_CHECKING:
    from digitreader.camera.source import Source
    from digitreader.reading.motion import FrameFindings

EDGES = ("left", "top", "right", "bottom")
TOUCHES_PX = 2
"""Ink this near to an edge, in pixels, probably goes on beyond it."""
LIKELY_DIGIT = 0.3
"""Ink with at least this heat of the finder may be a digit that is cut."""
LASTING_FRAMES = 10
"""A digit must be cut in this many frames in a row: while a sheet is moved through the region its digits are cut too,
but not for so long."""
HINT = "make the region larger; digitreader snapshot shows it on a picture"


def edges_reached(box: Box, size_wh: tuple[int, int], within_px: float = 0) -> tuple[str, ...]:
    """The edges of a picture that a box touches or crosses."""
    distances = (box.x, box.y, size_wh[0] - box.x - box.width, size_wh[1] - box.y - box.height)
    return tuple(edge for edge, distance in zip(EDGES, distances, strict=True) if distance <= within_px)


def outside_text(region: Box, size_wh: tuple[int, int]) -> str:
    """A text that says how far a region extends beyond a picture, and which part is read; empty if it lies inside."""
    left = cut_to(region, size_wh)
    if left == region or not (left.width and left.height):
        return ""  # a region that lies completely outside is an error elsewhere
    beyond_px = {"right": region.x + region.width - size_wh[0], "bottom": region.y + region.height - size_wh[1]}
    beyond = " and ".join(f"{px} pixels beyond the {edge}" for edge, px in beyond_px.items() if px > 0)
    given, fitting = (f"{box.x},{box.y},{box.width},{box.height}" for box in (region, left))
    return f"--region {given} reaches {beyond} of the {size_wh[0]}x{size_wh[1]} picture; only {fitting} is read"


class RegionCheck(Sink):
    """Reports once for each source which numbers the region cuts.

    Args:
        region: a part of the turned picture, in pixels as it was taken.
        rotate_deg: how pictures are turned before they are cut.
        found: gives the findings in the frame that was read last.
    """

    def __init__(self, region: Box, rotate_deg: int, found: Callable[[], FrameFindings | None]) -> None:
        self._region, self._turned, self._found = region, rotate_deg % 180 == 90, found
        self._sizes: dict[str, tuple[int, int]] = {}
        self._reported: set[tuple[str, str]] = set()
        self._cut_for = 0

    def see(self, frame: Frame) -> None:
        """Check the size of a picture before it is cut; report a region that extends beyond it."""
        height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
        size_wh = (height, width) if self._turned else (width, height)
        if self._sizes.get(frame.source) == size_wh:
            return
        self._sizes = {frame.source: size_wh}  # one source is read after another
        if text := outside_text(self._region, size_wh):
            print_warning(f"warning: {frame.source}: {text}")

    def picture(self, page: Page, frame: Frame) -> None:
        """Check the digits of a picture, and what may be digits if it has none."""
        if page.digits:
            self._check_digits(page)
        else:
            self._report(page.source, self._possible_digits_cut(page, frame), "what may be a digit")

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Check the digits of a new steady number."""
        self._check_digits(page)

    def frame(self, page: Page, frame: Frame) -> None:
        """Check for possible digits that are cut so much that they cannot be read."""
        edges = self._possible_digits_cut(page, frame)
        self._cut_for = self._cut_for + 1 if edges else 0
        if self._cut_for == LASTING_FRAMES:
            self._report(page.source, edges, "what may be a digit")

    def _possible_digits_cut(self, page: Page, frame: Frame) -> tuple[str, ...]:
        found = self._found()
        if found is None or page.source not in self._sizes:
            return ()
        boxes = [scaled(each.box, frame.scale) for each in found.findings.candidates if each.heat >= LIKELY_DIGIT]
        return self._edges_cut(page.source, boxes)

    def _check_digits(self, page: Page) -> None:
        edges = self._edges_cut(page.source, [reading.box for reading in page.digits])
        self._report(page.source, edges, f"the number {page.text.replace(chr(10), ' / ')}")

    def _edges_cut(self, source: str, boxes: list[Box]) -> tuple[str, ...]:
        """The edges of the region, but not of the picture, that a box touches."""
        size_wh = self._sizes.get(source)
        kept = self._region if size_wh is None else cut_to(self._region, size_wh)
        ends = edges_reached(kept, size_wh) if size_wh else [edge for edge in EDGES[:2] if not self._start(edge)]
        touched = {edge for box in boxes for edge in edges_reached(box, (kept.width, kept.height), TOUCHES_PX)}
        return tuple(edge for edge in EDGES if edge in touched and edge not in ends)

    def _start(self, edge: str) -> int:
        return self._region.x if edge == "left" else self._region.y

    def _report(self, source: str, edges: tuple[str, ...], what: str) -> None:
        if not edges:
            return
        named = " and ".join(filter(None, [", ".join(edges[:-1]), edges[-1]]))
        message = f"{source}: {what} touches the {named} of --region and may be cut; {HINT}"
        if new := {(source, edge) for edge in edges} - self._reported:
            print_warning(f"warning: {message}")
            self._reported |= new
        else:
            print_detail(message)


class SeenSource(SourceWrapper):
    """Another source; its frames are checked before they are cut."""

    def __init__(self, source: Source, check: RegionCheck) -> None:
        super().__init__(source)
        self._check = check

    def frames(self) -> Iterator[Frame]:
        """Give the frames as they are.

        Raises:
            SourceError: as the source says.
        """
        return map(self._seen, self._source.frames())  # unlike a generator, `map` goes on after a page that fails

    def _seen(self, frame: Frame) -> Frame:
        self._check.see(frame)
        return frame
