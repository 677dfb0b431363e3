"""A scene: a drawn page seen by a camera, with the truth for every pixel and every digit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import ColourImage, Ink
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.page import Ids, Layout, Page, draw_page
from digitreader_train.finder.surface import choose_colours, draw_texture, smooth_noise

SIDE_PX = 192
MARGIN_PX = 48
"""So much more of a page is drawn at each side than is seen of it, so that it can be turned."""
STEEP = 0.16
"""So many pages are turned by up to 30 degrees, the others by a few."""
UNDERNEATH = 0.25
"""So many pages have a desk beside them."""
ROUGH_GROUND = 0.1
"""So many pages are of something that has a pattern of its own: cloth, wood, card."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueDigits:
    """The digits of a scene.

    Attributes:
        boxes: (N, 4) float32, x, y, width, height of what is seen of each.
        seen: (N,) float32, the share of each that is seen.
        numbers: (N,) int16, what `FinderScene.owners` calls each.
    """

    boxes: npt.NDArray[np.float32]
    seen: npt.NDArray[np.float32]
    numbers: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class FinderScene:
    """A picture and the truth about it.

    Attributes:
        image: (S, S, 3) uint8 BGR.
        digit_ink: (S, S) uint8, how much of a pixel the pen of a digit covers.
        any_ink: (S, S) uint8, the same of any writing; printed and drawn lines are none.
        owners: (S, S) int16, which digit a pixel belongs to, 0 for none.
        digits: those of which anything is seen.
    """

    image: ColourImage
    digit_ink: Ink
    any_ink: Ink
    owners: Ids
    digits: TrueDigits


def draw_finder_scene(characters: Characters, rng: np.random.Generator) -> FinderScene:
    """Draw one scene of `SIDE_PX` pixels a side.

    Args:
        characters: what can stand on its page.
        rng: where every choice comes from.
    """
    whole = SIDE_PX + 2 * MARGIN_PX
    page, layout = draw_page(characters, rng, side_px=whole, seen_px=SIDE_PX)
    page, sheet = _turned(page, layout, rng)
    middle = np.s_[MARGIN_PX : MARGIN_PX + SIDE_PX, MARGIN_PX : MARGIN_PX + SIDE_PX]
    digits = _true_digits(page.owners, middle)
    seen = Page(*(np.ascontiguousarray(plane[middle]) for plane in _planes(page)), page.heights)
    image = _photograph(seen, sheet[middle], layout, rng)
    scene = FinderScene(image, seen.digit_ink, seen.any_ink, seen.owners, digits)
    if layout.kind == "single" and rng.random() < 0.5 and len(digits.seen) == 1:
        scene = _cut_to_ink(scene, rng)
    return _expose(scene, rng)


def _planes(page: Page) -> tuple[npt.NDArray[np.uint8] | Ids, ...]:
    return page.writing, page.digit_ink, page.any_ink, page.rules, page.panels, page.owners


def _turned(page: Page, layout: Layout, rng: np.random.Generator) -> tuple[Page, Ink]:
    """The page turned and seen at an angle, and where the page is: (S, S) uint8."""
    side = page.side_px
    chance = rng.random()
    if chance < 0.3:
        degrees, reach = 0.0, 0.0
    elif chance < 1 - STEEP:
        degrees, reach = float(rng.normal(0, 3)), 0.06
    else:
        degrees, reach = float(rng.uniform(-30, 30)), 0.08
    sheet = np.full((side, side), 255, np.uint8)
    if rng.random() < UNDERNEATH:
        edge = int(rng.uniform(0.1, 0.45) * side)
        sheet[:edge] = 0
        sheet = np.ascontiguousarray(np.rot90(sheet, int(rng.integers(4))))
        for plane in _planes(page):
            plane[sheet == 0] = 0
    if degrees == 0 and reach == 0:
        return page, sheet
    corners = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, float(np.exp(rng.normal(0, 0.04))))
    moved = corners @ turn[:, :2].T + turn[:, 2] + rng.normal(0, reach * side / 3, (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    soft = cv2.merge([page.writing, page.digit_ink, page.any_ink, page.rules])
    soft = cv2.warpPerspective(soft, matrix, (side, side), flags=cv2.INTER_LINEAR)
    panels = cv2.warpPerspective(page.panels, matrix, (side, side), flags=cv2.INTER_LINEAR)
    owners = cv2.warpPerspective(page.owners, matrix, (side, side), flags=cv2.INTER_NEAREST)
    seen = cv2.warpPerspective(sheet, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    planes = [np.ascontiguousarray(soft[:, :, at]) for at in range(4)]
    return Page(*planes, np.asarray(panels, np.uint8), np.asarray(owners, np.int16), page.heights), np.asarray(seen, np.uint8)


def _true_digits(owners: Ids, middle: tuple[slice, slice]) -> TrueDigits:
    """Measure what is seen of each digit in the middle."""
    rows, columns = np.nonzero(owners)
    numbers = owners[rows, columns]
    whole = np.bincount(numbers, minlength=1)
    top, left = middle[0].start, middle[1].start
    inside = (rows >= top) & (rows < middle[0].stop) & (columns >= left) & (columns < middle[1].stop)
    rows, columns, numbers = rows[inside] - top, columns[inside] - left, numbers[inside]
    if not len(numbers):
        return TrueDigits(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int16))
    order = np.argsort(numbers, kind="stable")
    rows, columns, numbers = rows[order], columns[order], numbers[order]
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    x0, y0 = np.minimum.reduceat(columns, firsts), np.minimum.reduceat(rows, firsts)
    x1, y1 = np.maximum.reduceat(columns, firsts) + 1, np.maximum.reduceat(rows, firsts) + 1
    counts = np.diff(firsts, append=len(numbers))
    boxes = np.stack([x0, y0, x1 - x0, y1 - y0], axis=1).astype(np.float32)
    found = numbers[firsts]
    return TrueDigits(boxes, (counts / whole[found]).astype(np.float32), found.astype(np.int16))


def _photograph(page: Page, sheet: Ink, layout: Layout, rng: np.random.Generator) -> ColourImage:
    """Lay ink and lines in their colours on the paper, and light on both."""
    side = page.side_px
    paper, ink = choose_colours(rng)
    on_texture = layout.kind == "empty" and rng.random() < 0.75
    if on_texture:
        ground = draw_texture(rng, side).astype(np.float32)
    else:
        ground = np.broadcast_to(paper, (side, side, 3)).astype(np.float32)
        if rng.random() < 0.5:
            rough = smooth_noise(rng, side, float(rng.choice((3, 8, 40)))) * float(rng.uniform(1, 14))
            ground = ground + rough[:, :, None]
        if rng.random() < ROUGH_GROUND:
            pattern = draw_texture(rng, side).astype(np.float32)
            ground = ground + (pattern - pattern.mean(axis=(0, 1))) * float(rng.uniform(0.05, 0.35))
    if page.panels.any():
        return _lit(_in_panels(ground, page, paper, ink, layout, rng), sheet, rng)
    if rng.random() < 0.08:
        ground = _show_through(ground, page, ink, rng)
    strength = float(rng.uniform(0.6, 1))
    as_dark = rng.random() < 0.35
    rule_colour = ink if as_dark else np.clip(paper + (ink - paper) * rng.uniform(0.1, 1.0, 3), 0, 255)
    image = _over(ground, page.rules, rule_colour, strength if as_dark else float(rng.uniform(0.25, 1)))
    writing = _uneven(page.writing, layout, rng)
    other = page.any_ink > page.digit_ink
    if other.any() and rng.random() < 0.2:  # a form: printed words of another colour than the pen's
        second = np.clip(paper + (choose_colours(rng)[1] - paper), 0, 255)
        image = _over(image, np.where(other, writing, 0).astype(np.uint8), second, strength)
        writing = np.where(other, 0, writing).astype(np.uint8)
    image = _over(image, writing, ink, strength)
    return _lit(image, sheet, rng)


def _in_panels(
    ground: npt.NDArray[np.float32],
    page: Page,
    paper: npt.NDArray[np.float32],
    ink: npt.NDArray[np.float32],
    layout: Layout,
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Panels of the ink's colour with writing of the paper's, as windows of meters and displays have it."""
    other = ink if rng.random() < 0.6 else choose_colours(rng)[1]
    light = paper if np.abs(other - paper).max() > 60 else 255 - other
    image = _over(ground, page.panels, other, 1.0)
    image = _over(image, page.rules, np.asarray(rng.uniform(0, 255, 3), np.float32), float(rng.uniform(0.3, 1)))
    writing = _uneven(page.writing, layout, rng)
    inside = np.minimum(writing, page.panels)
    return _over(_over(image, writing - inside, ink, 0.9), inside, light, float(rng.uniform(0.7, 1)))


def _lit(image: npt.NDArray[np.float32], sheet: Ink, rng: np.random.Generator) -> ColourImage:
    """Lay the page on a desk and let light fall on both."""
    side = sheet.shape[0]
    if sheet.min() < 255:
        desk = draw_texture(rng, side).astype(np.float32)
        share = (sheet.astype(np.float32) / 255)[:, :, None]
        image = desk + (image - desk) * share
    if rng.random() < 0.6:
        image = image * _light(rng, side)
    return np.clip(image, 0, 255).astype(np.uint8)


def _over(image: npt.NDArray[np.float32], cover: Ink, colour: npt.NDArray[np.float32], strength: float) -> npt.NDArray[np.float32]:
    share = cover.astype(np.float32)[:, :, None] * np.float32(strength / 255)
    return np.asarray(image + (np.asarray(colour, np.float32) - image) * share, np.float32)


def _uneven(writing: Ink, layout: Layout, rng: np.random.Generator) -> Ink:
    """Ink whose strength changes along the stroke, as a pencil's or a dry pen's does, and that the paper's grain breaks."""
    chance = rng.random()
    if chance > 0.5:
        return writing
    wave = max(6.0, min(layout.digit_px, 100) * float(rng.uniform(0.2, 1.0)))
    depth = float(rng.uniform(0.1, 0.75))
    share = 1 - depth * (0.5 + 0.5 * smooth_noise(rng, writing.shape[0], wave))
    if chance < 0.2:
        share = share * (1 - float(rng.uniform(0, 0.6)) * rng.random(writing.shape, np.float32))
    return np.clip(writing * np.clip(share, 0.2, 1), 0, 255).astype(np.uint8)


def _show_through(
    ground: npt.NDArray[np.float32], page: Page, ink: npt.NDArray[np.float32], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    behind = cv2.GaussianBlur(np.ascontiguousarray(page.any_ink[:, ::-1]), (0, 0), float(rng.uniform(1, 3)))
    shift = tuple(int(s) for s in rng.integers(-60, 60, 2))
    return _over(ground, np.roll(np.asarray(behind, np.uint8), shift, (0, 1)), ink, float(rng.uniform(0.03, 0.16)))


def _light(rng: np.random.Generator, side_px: int) -> npt.NDArray[np.float32]:
    """Light that falls off, with the soft edge of a shadow or a fold in some: (S, S, 1) float32."""
    y, x = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = np.cos(angle) * x + np.sin(angle) * y
    light = 1 - float(rng.uniform(0, 0.45)) * (along + 1) / 2
    if rng.random() < 0.3:
        edge = (along - float(rng.uniform(-0.7, 0.7))) / float(np.exp(rng.uniform(-4.5, -1)))
        light = light * (1 - float(rng.uniform(0.1, 0.55)) / (1 + np.exp(-np.clip(edge, -30, 30))))
    if rng.random() < 0.1:
        crease = np.exp(-((np.cos(angle + 1) * x + np.sin(angle + 1) * y) ** 2) / float(rng.uniform(0.0003, 0.01)))
        light = light * (1 - float(rng.uniform(-0.1, 0.25)) * crease)
    return np.asarray(light, np.float32)[:, :, None]


def _cut_to_ink(scene: FinderScene, rng: np.random.Generator) -> FinderScene:
    """A picture cut close to its digit, on a ground of its border's colour."""
    x, y, width, height = (round(float(value)) for value in scene.digits.boxes[0])
    pad = round(float(rng.choice((0, 0, 0.05, 0.2))) * height)
    x0, y0 = max(0, x - pad), max(0, y - pad)
    x1, y1 = min(SIDE_PX, x + width + pad), min(SIDE_PX, y + height + pad)
    piece = scene.image[y0:y1, x0:x1]
    border = np.concatenate([piece[0], piece[-1], piece[:, 0], piece[:, -1]])
    image = np.empty_like(scene.image)
    image[:] = np.median(border, axis=0).astype(np.uint8)
    image[y0:y1, x0:x1] = piece
    return replace(scene, image=image)


def _expose(scene: FinderScene, rng: np.random.Generator) -> FinderScene:
    """Lens, sensor and compression."""
    image = scene.image
    chance = rng.random()
    if chance < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.3)))
    elif chance < 0.56:
        image = cv2.blur(image, (int(rng.integers(1, 4)), int(rng.integers(1, 4))))
    elif chance < 0.62:  # sharpened, or enlarged from a smaller picture
        image = cv2.addWeighted(image, 2.0, cv2.GaussianBlur(image, (0, 0), 1.0), -1.0, 0)
    elif chance < 0.72:
        small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.65:
        sigma = float(np.exp(rng.uniform(-0.7, 2.4)))
        grain = rng.standard_normal((SIDE_PX, SIDE_PX, 1 if rng.random() < 0.5 else 3), np.float32) * sigma
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
        image = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return replace(scene, image=np.asarray(image, np.uint8))
