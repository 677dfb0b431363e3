"""Strokes of which only the two edges are there, as stencils, hollow letters and edge detectors leave them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import Ink

Region = npt.NDArray[np.bool_]

THIN_SHARE = 0.03
"""A line of one pixel holds hardly any square of two by two: at most so many to a pixel."""
FACING_SHARE = 0.25
"""What a stroke's edges enclose faces the paper outside along this share of its rim; a loop's hole does not."""
WIDEST_SHARE = 0.5
"""A stroke is nowhere wider than this share of the digit's longer side."""
TOUCHED_SHARE = 0.85
"""So many of the lines' pixels bound a stroke."""
BRIDGE_PX = 3
LEAST_FILLED = 0.35
"""What lies between the edges is at least so much of the edges; less, and they leak."""

GAP_PX = 5
"""A pen's two outlines lie closer together than this ..."""
FILLED_SHARE = 1.75
"""... and filling what lies between them makes that much more ink of it; loops and corners fill far less."""


def fill_outlines(ink: Ink) -> Ink:
    """Fill what lies between the two edges of a stroke, where all the ink is lines of a pixel."""
    binary = cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    squares = cv2.erode(binary, np.ones((2, 2), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if cv2.countNonZero(squares) > THIN_SHARE * cv2.countNonZero(binary):
        return ink
    for edges in (binary, bridge(binary)):
        filled = fill_between(edges)
        if filled is not None:
            return filled
    return close_between(ink, binary)


def fill_between(edges: Ink) -> Ink | None:
    wide = cv2.copyMakeBorder(edges, 2, 2, 2, 2, cv2.BORDER_CONSTANT)
    count, labels = cv2.connectedComponents(255 - wide, connectivity=4)
    if count <= 2:
        return None
    square = np.ones((3, 3), np.uint8)
    outside = (labels == labels[0, 0]).astype(np.uint8)
    facing = cv2.dilate(outside, square, iterations=2)
    rim = cv2.dilate(wide, square) > 0
    at_rim = np.bincount(labels[rim], minlength=count)
    outward = np.bincount(labels[rim & (facing > 0)], minlength=count)
    stroke = outward >= FACING_SHARE * np.maximum(at_rim, 1)
    stroke[[0, labels[0, 0]]] = False
    inside = stroke[labels]
    touched = np.count_nonzero((cv2.dilate(inside.astype(np.uint8), square) > 0) & (wide > 0))
    if touched < TOUCHED_SHARE * cv2.countNonZero(edges):
        return None
    filled = np.where(inside, np.uint8(255), wide)
    widest = 2.0 * cv2.minMaxLoc(cv2.distanceTransform(filled, cv2.DIST_L2, 3))[1]
    if widest > WIDEST_SHARE * max(cv2.boundingRect(filled)[2:]):
        return None
    return np.asarray(cv2.GaussianBlur(filled, (3, 3), 0)[2:-2, 2:-2], np.uint8)


def bridge(edges: Ink) -> Ink:
    """Lead every loose end on to the nearest line that is not its own."""
    wide = cv2.copyMakeBorder(edges, BRIDGE_PX, BRIDGE_PX, BRIDGE_PX, BRIDGE_PX, cv2.BORDER_CONSTANT)
    around = cv2.filter2D((wide > 0).astype(np.uint8), -1, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT)
    bridged = wide.copy()
    for y, x in np.argwhere((wide > 0) & (around == 2)):
        window = wide[y - BRIDGE_PX : y + BRIDGE_PX + 1, x - BRIDGE_PX : x + BRIDGE_PX + 1]
        labels = cv2.connectedComponents(window, connectivity=8)[1]
        others = np.argwhere((labels > 0) & (labels != labels[BRIDGE_PX, BRIDGE_PX])) - BRIDGE_PX
        if len(others):
            dy, dx = others[np.square(others).sum(axis=1).argmin()]
            cv2.line(bridged, (int(x), int(y)), (int(x + dx), int(y + dy)), (255,), 1)
    return bridged[BRIDGE_PX:-BRIDGE_PX, BRIDGE_PX:-BRIDGE_PX]


def close_between(ink: Ink, binary: Ink) -> Ink:
    border = (GAP_PX, GAP_PX, GAP_PX, GAP_PX)
    wide = cv2.copyMakeBorder(ink, *border, borderType=cv2.BORDER_CONSTANT)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAP_PX, GAP_PX))
    filled = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, disc)
    inked = cv2.countNonZero(cv2.threshold(filled, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1])
    if inked < FILLED_SHARE * cv2.countNonZero(binary):
        return ink
    return np.asarray(cv2.GaussianBlur(filled, (3, 3), 0), np.uint8)
