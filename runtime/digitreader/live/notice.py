"""What a live source tells beside its frames: that it is interrupted, and that it is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Told once when a fault is noticed, and once when it is over.

    Attributes:
        source: the source's name.
        interrupted: True for the fault, False when frames come again.
        message: one line for a person, which begins with the name.
    """

    source: str
    interrupted: bool
    message: str


Heed = Callable[[Notice], None]
