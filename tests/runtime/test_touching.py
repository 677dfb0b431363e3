"""Touching: wide ink is cut where little ink is crossed, and only where its pieces read better."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.touching import Span, is_wide, pieces_that_read_better, spans_of
from digitreader.touching.choosing import best_pieces
from digitreader.touching.cutting import cheapest_cuts, holes_of, parts_enough, path_costs, trace_all
from digitreader.values import Box, Candidate, Ink

HIGH = 60


def ring(width: int = 36) -> Ink:
    """A 0 of the full height."""
    ink = np.zeros((HIGH, width), np.uint8)
    cv2.ellipse(ink, (width // 2, HIGH // 2), (width // 2 - 4, HIGH // 2 - 4), 0, 0, 360, (255,), 5, cv2.LINE_AA)
    return ink


def beside(*inks: Ink, overlap: int = 3) -> Ink:
    """Inks in a row, each drawn `overlap` pixels over the one before."""
    width = sum(ink.shape[1] for ink in inks) - overlap * (len(inks) - 1)
    row, left = np.zeros((HIGH, width), np.uint8), 0
    for ink in inks:
        place = row[:, left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
        left += ink.shape[1] - overlap
    return row


def candidate(ink: Ink, *, scale: int = 1, usual_px: float = HIGH) -> Candidate:
    height, width = ink.shape
    return Candidate(Box(100, 200, scale * width, scale * height), ink, usual_px=usual_px)


def span(first: int, last: int, *, width: int = 10) -> Span:
    return Span(first, last, Box(0, 0, width, 20), np.ones((20, width), np.uint8))


@pytest.mark.parametrize(("width", "wide"), [(20, False), (40, False), (75, True), (120, True)])
def test_ink_as_wide_as_two_digits_is_wide(width: int, wide: bool) -> None:
    assert is_wide(candidate(np.ones((HIGH, width), np.uint8))) is wide


def test_ink_beside_far_larger_digits_is_not_wide() -> None:
    assert not is_wide(candidate(beside(ring(), ring()), usual_px=4.0 * HIGH))


def test_ink_of_a_few_pixels_is_never_wide() -> None:
    assert not is_wide(candidate(np.ones((5, 8), np.uint8), usual_px=5))


def test_two_rings_are_cut_where_they_touch() -> None:
    cuts = cheapest_cuts(beside(ring(), ring(), overlap=2), usual_px=HIGH)
    assert min(abs(float(cut.mean()) - 35) for cut in cuts) < 2


def test_a_cut_runs_round_the_ink_that_leans_over() -> None:
    ink = np.zeros((HIGH, 50), np.uint8)
    cv2.line(ink, (14, 57), (24, 2), (255,), 3)
    cv2.line(ink, (26, 57), (36, 2), (255,), 3)
    paths = [cut for cut in cheapest_cuts(ink, usual_px=HIGH) if ink[np.arange(HIGH), cut].sum() == 0]
    between = [cut for cut in paths if 14 < cut[-1] < 26]
    assert between
    assert between[0][0] > between[0][-1]


def test_a_way_round_the_ink_is_no_cut() -> None:
    ink = np.zeros((HIGH, 70), np.uint8)
    cv2.line(ink, (2, 4), (34, 4), (255,), 4)
    ink[:, 34:] = ring()
    paths = [np.full(HIGH, 20), np.full(HIGH, 52)]
    assert parts_enough(ink, np.stack(paths, axis=1), least_px=0.5 * HIGH).tolist() == [False, True]
    cuts = np.stack(cheapest_cuts(ink, usual_px=HIGH), axis=1)
    assert parts_enough(ink, cuts, least_px=0.5 * HIGH).all()


def test_thick_ink_is_cut_where_it_is_lowest() -> None:
    ink = np.full((HIGH, 90), 255, np.uint8)
    ink[: round(0.4 * HIGH), 44:47] = 0
    assert min(abs(float(cut.mean()) - 45) for cut in cheapest_cuts(ink, usual_px=HIGH)) < 2


def test_a_ring_that_is_thick_all_round_is_not_cut_at_a_high_price() -> None:
    assert cheapest_cuts(np.full((HIGH, 80), 255, np.uint8), usual_px=HIGH) == []


def test_the_cheapest_way_is_counted_by_hand() -> None:
    ink = np.array([[9, 0, 9], [9, 0, 9], [9, 5, 9]], np.uint8)
    cost, back = path_costs(ink)
    np.testing.assert_array_equal(cost[-1], [27, 5, 27])  # a step aside costs more than the ink it saves
    np.testing.assert_array_equal(trace_all(back), [[0, 1, 2]] * 3)


def test_to_halve_a_ring_is_dear_though_that_crosses_little_ink() -> None:
    middle = ring().shape[1] // 2
    plain, guarded = (path_costs(ring(), holes)[0][-1, middle] for holes in (None, holes_of(ring(), least_px=6.0)))
    assert guarded > 1.5 * plain


def test_paper_inside_a_ring_is_a_hole_and_paper_outside_is_none() -> None:
    holes = holes_of(ring(), least_px=6.0)
    assert holes[HIGH // 2, 18]
    assert not holes[0].any()
    assert not holes[ring() > 128].any()


def test_a_pinhole_is_no_hole() -> None:
    ink = np.full((HIGH, 40), 255, np.uint8)
    ink[20:23, 20:23] = 0
    assert not holes_of(ink, least_px=6.0).any()
    assert holes_of(ink, least_px=3.0).sum() == 9


def test_a_way_round_a_hole_is_preferred() -> None:
    ink = np.zeros((3, 3), np.uint8)
    holes = np.zeros((3, 3), bool)
    holes[1, 1] = True
    cost, _ = path_costs(ink, holes)
    assert cost[-1, 1] > cost[-1, 0] == 0


def test_a_way_steps_aside_where_ink_is_dear() -> None:
    ink = np.zeros((3, 3), np.uint8)
    ink[2, 1] = 255
    ink[0, [0, 2]] = ink[1, [0, 2]] = 255
    _, back = path_costs(ink)
    assert trace_all(back)[:, 0].tolist() == [1, 1, 0]


@pytest.mark.parametrize("overlap", [1, 4, 8])
def test_the_spans_of_touching_rings_hold_either_ring(overlap: int) -> None:
    spans = spans_of(candidate(beside(ring(), ring(), overlap=overlap)))
    last = max(each.last for each in spans)
    lefts = [each.box for each in spans if each.first == 0 and abs(each.box.width - 32) <= 6]
    rights = [each.box for each in spans if each.last == last and abs(each.box.width - 32) <= 6]
    assert lefts
    assert rights


def test_a_spans_box_lies_round_its_ink_in_the_frame() -> None:
    whole = candidate(beside(ring(), ring()), scale=3)
    for part in spans_of(whole):
        assert part.box.height == pytest.approx(3 * part.ink.shape[0], abs=1)
        assert part.box.width == pytest.approx(3 * part.ink.shape[1], abs=1)
        assert part.box.x >= whole.box.x
        assert part.box.x + part.box.width <= whole.box.x + whole.box.width + 1


def test_a_spans_ink_is_trimmed() -> None:
    for part in spans_of(candidate(beside(ring(), ring(), ring()))):
        assert all(edge.any() for edge in (part.ink[0], part.ink[-1], part.ink[:, 0], part.ink[:, -1]))


def test_neighbouring_spans_share_no_ink_and_lose_none() -> None:
    whole = beside(ring(), ring())
    spans = spans_of(candidate(whole))
    last = max(part.last for part in spans)
    halves = [
        (one, other) for one in spans for other in spans if (one.first, one.last, other.last) == (0, other.first, last)
    ]
    assert halves
    for one, other in halves:
        assert one.ink.sum(dtype=int) + other.ink.sum(dtype=int) == whole.sum(dtype=int)


def test_pieces_too_low_for_a_digit_are_no_spans() -> None:
    dash = np.zeros((HIGH, 30), np.uint8)
    dash[28:32] = 255
    spans = spans_of(candidate(beside(ring(), dash)))
    assert all(part.ink.shape[0] > 0.4 * HIGH for part in spans)


def test_ink_without_a_cheap_cut_has_no_spans() -> None:
    assert spans_of(candidate(np.full((HIGH, 90), 255, np.uint8))) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (2, 2)])
def test_ink_of_odd_form_does_no_harm(shape: tuple[int, int]) -> None:
    spans_of(candidate(np.full(shape, 255, np.uint8), usual_px=30))


def test_the_row_that_reads_best_reaches_from_edge_to_edge() -> None:
    spans = [span(0, 1), span(1, 2), span(2, 3), span(0, 2, width=20), span(1, 3, width=20)]
    chosen, score = best_pieces(spans, [0.9, 0.2, 0.9, 0.95, 0.3])
    assert chosen == [3, 2]
    assert score == pytest.approx((20 * 0.95 + 10 * 0.9) / 30)


def test_wide_spans_weigh_more() -> None:
    spans = [span(0, 1, width=30), span(1, 2, width=10)]
    assert best_pieces(spans, [1.0, 0.6])[1] == pytest.approx(0.9)


def test_fewer_pieces_are_preferred_where_more_read_hardly_better() -> None:
    spans = [span(0, 1), span(1, 2), span(2, 3), span(1, 3, width=20)]
    assert best_pieces(spans, [0.99, 0.99, 0.99, 0.95])[0] == [0, 3]
    assert best_pieces(spans, [0.99, 0.99, 0.99, 0.6])[0] == [0, 1, 2]


def test_pieces_whose_boxes_overlap_do_not_count_twice() -> None:
    spans = [span(0, 1, width=30), span(1, 2, width=30), span(2, 3, width=30), span(1, 3, width=32)]
    assert best_pieces(spans, [0.99, 0.97, 0.97, 0.96])[0] == [0, 3]


def test_spans_that_leave_a_gap_are_no_row() -> None:
    assert best_pieces([span(0, 1), span(2, 3)], [0.9, 0.9]) == ([], 0.0)


def test_no_spans_are_no_row() -> None:
    assert best_pieces([], []) == ([], 0.0)


def test_pieces_are_read_where_they_read_far_better_than_the_whole() -> None:
    assert pieces_that_read_better([span(0, 1), span(1, 2)], [0.99, 0.98], whole=0.3, threshold=0.5) == [0, 1]


def test_what_reads_well_whole_is_not_cut() -> None:
    assert pieces_that_read_better([span(0, 1), span(1, 2)], [0.99, 0.98], whole=0.97, threshold=0.5) == []


def test_a_single_piece_that_reads_no_digit_forbids_the_cut() -> None:
    spans = [span(0, 1, width=30), span(1, 2, width=5)]
    assert pieces_that_read_better(spans, [0.99, 0.4], whole=0.1, threshold=0.5) == []


def test_the_whole_as_its_only_piece_is_not_cut() -> None:
    assert pieces_that_read_better([span(0, 1)], [0.99], whole=0.1, threshold=0.5) == []


def test_the_candidate_is_left_as_it_was() -> None:
    whole = candidate(beside(ring(), ring()))
    before = replace(whole, ink=whole.ink.copy())
    spans_of(whole)
    np.testing.assert_array_equal(whole.ink, before.ink)
