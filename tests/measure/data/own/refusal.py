"""What is said of a set of digits that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitreader.errors import DataError
from digitreader.measure.data.own.load import load_digit_set


def refused(path: Path) -> str:
    """What is said of a set that cannot be read: one line that names it."""
    with pytest.raises(DataError) as refusal:
        load_digit_set(path)
    said = str(refusal.value)
    assert "\n" not in said
    assert len(said) < 500
    assert path.name in said
    return said
