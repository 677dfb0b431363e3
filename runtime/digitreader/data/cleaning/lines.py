"""A wavy line that somebody drew across the digit from one side to the other."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

ACROSS_SHARE = 0.72
TIP_SHARE = 0.4
BAND_SHARE = 0.2
STEP_PX = 2
TURNS = 3
INKED_SHARE = 0.95
PURE_SHARE = 0.4
LEAST_TURNED = 2.0
STEEP = 0.65
BALANCE = 0.22
RUN_SHARE = 1 / 7
_D = np.eye(5, dtype=np.uint8)
_H = np.zeros((5, 5), np.uint8)
_H[2] = 1
PENS = (_H, _H.T.copy(), _D, _D[::-1].copy())


def drop_wave(ink: Ink) -> Ink:
    if min(ink.shape) < 20 or max(ink.shape) > 40:
        return ink
    strong = cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    x, y, width, height = cv2.boundingRect(strong)
    if width < ACROSS_SHARE * ink.shape[1]:
        return ink
    tips = [cv2.boundingRect(tip) for tip in (strong[:, x : x + 2], strong[:, x + width - 2 : x + width])]
    if max(tip[3] for tip in tips) > TIP_SHARE * ink.shape[0]:
        return ink
    xs, path, base, on = trace_wave(ink, x, x + width)
    tops, bottoms = runs_at(ink, xs, path)
    bare = pure(ink, tops, bottoms)
    if not is_wave(xs, tops, bottoms, bare, base, on):
        return ink
    return take_out(ink, xs[bare], tops[bare], bottoms[bare])


def is_wave(xs, tops, bottoms, bare, base, on):
    if on < INKED_SHARE or bare.mean() < PURE_SHARE:
        return False
    centres = (tops + bottoms) / 2 - base
    moves = np.diff(centres)[bare[1:] & bare[:-1]]
    moves = moves[np.abs(moves) < 4]
    up, down = float(moves[moves > 0].sum()), float(-moves[moves < 0].sum())
    return min(up, down) >= LEAST_TURNED and up + down >= STEEP * len(moves) and min(up, down) >= BALANCE * (up + down)


def pure(ink, tops, bottoms):
    return (tops >= 0) & (bottoms - tops + 1 <= RUN_SHARE * ink.shape[0])


def trace_wave(ink, first, last):
    height = ink.shape[0]
    y0, y1 = tip(ink[:, first : first + 2]), tip(ink[:, last - 2 : last])
    half = round(BAND_SHARE * height)
    xs = np.arange(first, last)
    straight = y0 + (y1 - y0) * np.linspace(0, 1, len(xs))
    base = np.round(straight).astype(int)
    peak = int(ink.max())
    wide = cv2.copyMakeBorder(ink, half + height, half + height, 0, 0, cv2.BORDER_CONSTANT, value=(0.5 * peak,))
    rows = base[None, :] + np.arange(-half, half + 1)[:, None]
    band = wide[rows + half + height, xs[None, :]].astype(np.float32) / max(1, peak)
    cost = 1.0 - np.minimum(band / 0.8, 1)
    path = cheapest(cost)
    on = float((band[path, np.arange(len(xs))] > 0.25).mean())
    return xs, rows[path, np.arange(len(xs))], straight, on


def runs_at(ink, xs, path):
    """First and last row of the vertical run of strong ink at the path; -1 where there is none."""
    height = ink.shape[0]
    strong = ink > int(ink.max()) // 2
    tops, bottoms = np.full(len(xs), -1), np.full(len(xs), -1)
    for i, (x, y) in enumerate(zip(xs.tolist(), path.tolist())):
        column = strong[:, x]
        near = [r for r in (y, y - 1, y + 1) if 0 <= r < height and column[r]]
        if near:
            top = bottom = near[0]
            while top > 0 and column[top - 1]:
                top -= 1
            while bottom < height - 1 and column[bottom + 1]:
                bottom += 1
            tops[i], bottoms[i] = top, bottom
    return tops, bottoms


def tip(columns):
    m = columns.astype(np.float64).sum(axis=1)
    return float((m * np.arange(len(m))).sum() / max(m.sum(), 1))


def cheapest(cost):
    n, cols = cost.shape
    total = cost[:, 0].copy()
    back = np.zeros((cols, n), np.int64)
    pad = np.full(n + 2 * STEP_PX, np.inf, np.float32)
    steps = np.arange(-STEP_PX, STEP_PX + 1)
    window = np.arange(n)[:, None] + np.arange(2 * STEP_PX + 1)[None, :]
    toll = 0.02 * np.where(steps == 0, 2, np.abs(steps) - 1)
    for c in range(1, cols):
        pad[STEP_PX:-STEP_PX] = total
        ways = pad[window] + toll
        best = ways.argmin(axis=1)
        back[c] = best + np.arange(n) - STEP_PX
        total = ways[np.arange(n), best] + cost[:, c]
    path = np.empty(cols, np.int64)
    path[-1] = total.argmin()
    for c in range(cols - 1, 0, -1):
        path[c - 1] = back[c, path[c]]
    return path


def take_out(ink, xs, tops, bottoms):
    mask = np.zeros_like(ink)
    for x, top, bottom in zip(xs.tolist(), tops.tolist(), bottoms.tolist()):
        mask[max(top - 2, 0) : bottom + 3, x] = 255
    bare = np.where(mask > 0, np.uint8(0), ink)
    bridged = bare
    for pen in PENS:
        bridged = np.maximum(bridged, cv2.morphologyEx(bare, cv2.MORPH_CLOSE, pen))
    return np.where(mask > 0, np.minimum(bridged, ink), ink)
