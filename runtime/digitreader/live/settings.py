"""How patient a live reader is with its camera: every limit in one place."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The limits, in seconds.

    Attributes:
        patience_s: a camera that gave no frame, or only black ones or the same one again, for this long has a fault.
        opening_s: how long it may take to open and give its first frame.
        give_up_s: a fault that lasts this long ends the run; infinite by default.
        first_wait_s: how long to wait before it is connected again for the first time; each further wait is twice as
            long ...
        longest_wait_s: ... up to this one.
        settled_s: a camera that ran for this long without a fault begins with the first wait again.
        release_s: how long to wait at the end for the camera to be released.
        from_the_start: one that cannot be opened at first has a fault like any other, and is waited for; otherwise that
            is an error.
    """

    patience_s: float = 1.5
    opening_s: float = 12.0
    give_up_s: float = math.inf
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0
    settled_s: float = 10.0
    release_s: float = 0.3
    from_the_start: bool = False

    def wait_s(self, attempts: int) -> float:
        """How long to wait after so many attempts that failed."""
        return min(self.first_wait_s * 2.0 ** min(attempts, 30), self.longest_wait_s)
