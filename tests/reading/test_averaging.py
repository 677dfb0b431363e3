"""What the frames saw becomes one reading of each digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.reading.tracks import means_of_parts


@pytest.mark.parametrize("counts", [(5, 5, 5), (1,), (3, 5, 1, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_means_of_all_tracks_are_those_of_each_alone_to_the_bit(
    counts: tuple[int, ...], dtype: type[np.float32 | np.float64]
) -> None:
    parts = [np.random.default_rng(count).random((count, 10)).astype(dtype) for count in counts]
    means = means_of_parts(np.concatenate(parts), counts)
    assert means.dtype == dtype
    assert means.tolist() == [part.mean(axis=0).tolist() for part in parts]
