"""The reliability diagram: what it shows, and that it is a picture whatever the readings are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.patches import Rectangle

from digitreader.measure.evaluation import judge
from digitreader.model.accept import AcceptanceRule
from digitreader_train.pictures.reliability import FEW, Panel, draw_reliability, panel_of
from digitreader_train.pictures.style import to_png

PNG = b"\x89PNG"


def read(count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Readings of one sureness, nine tenths, of which four fifths are right."""
    activations = np.full((count, 10), 1e-4, np.float32)
    activations[:, 4] = 0.9
    return activations, np.where(np.arange(count) < 0.8 * count, 4, 5).astype(np.uint8)


def shares(panel: Panel) -> list[tuple[float, float, float]]:
    """Where the bars of the upper diagram stand, how high, and how strongly drawn."""
    axes = draw_reliability("a", "b", [panel]).axes[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [(bar.get_y(), bar.get_height(), float(bar.get_alpha() or 0)) for bar in bars]


def test_a_panel_has_the_calibration_error_of_an_evaluation() -> None:
    activations, labels = read(100)
    for rule in (AcceptanceRule(), AcceptanceRule(temperature=2.0, none=-3.0)):
        panel = panel_of("drawn", activations, labels, rule)
        assert panel.ece == pytest.approx(judge(activations, labels, rule).ece)
        assert sum(each.n for each in panel.bins) == 100


def test_a_bar_is_as_high_as_the_share_that_is_right_and_its_gap_reaches_the_confidence() -> None:
    (bottom, height, _), (gap_bottom, gap, _) = shares(panel_of("drawn", *read(100), AcceptanceRule()))
    assert [bottom, height] == pytest.approx([0, 0.8])
    assert [gap_bottom, gap] == pytest.approx([0.8, 0.1], abs=0.01)


def test_few_readings_are_drawn_pale() -> None:
    pale, full = (shares(panel_of("drawn", *read(count), AcceptanceRule()))[0][2] for count in (FEW - 1, FEW))
    assert pale < full


def test_panels_stand_side_by_side_each_with_its_counts() -> None:
    panel = panel_of("drawn", *read(100), AcceptanceRule())
    figure = draw_reliability("title", "subtitle", [panel, panel])
    assert len(figure.axes) == 4
    assert [axes.get_title(loc="left") for axes in figure.axes[::2]] == ["drawn: calibration error 9.99%"] * 2
    assert figure.axes[0].get_position().x1 < figure.axes[2].get_position().x0


@pytest.mark.parametrize("count", [1, 10, 12_000])
def test_it_is_a_picture_however_many_readings_there_are(count: int) -> None:
    panel = panel_of("drawn", *read(count), AcceptanceRule())
    first, again = (to_png(draw_reliability("title", "subtitle", [panel])) for _ in range(2))
    assert first.startswith(PNG)
    assert first == again
