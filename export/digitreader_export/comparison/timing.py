"""How long the bare network takes: LiteRT alone, one thread, all models in turn, so that noise falls on all alike."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitreader.host.native_stderr import native_stderr_muted
from digitreader.host.progress import ProgressBar
from digitreader.model.engine.engine import make_pixel_quantizer
from digitreader.values import Glyphs
from digitreader_export.comparison.measuring import Subject

BATCHES = (1, 32)
ROUNDS = 100
TURN_US = 1_000
"""A model's turn in a round: as many invokes as fit in, at least one."""

METHOD = f"one thread, models in turn, the quickest of {ROUNDS} rounds of about {TURN_US // 1_000} ms each"


@dataclass(frozen=True, slots=True)
class Times:
    """Microseconds of one invoke with one glyph, and with 32."""

    one_us: float
    batch_us: float


class Stopwatch:
    """A model with a batch of glyphs in its input, ready to be invoked.

    Args:
        subject: the model.
        glyphs: (N, 28, 28) uint8, what it looks at.
    """

    def __init__(self, subject: Subject, glyphs: Glyphs) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with native_stderr_muted():
            interpreter: Any = Interpreter(model_content=subject.content, num_threads=1)
            place = interpreter.get_input_details()[0]["index"]
            interpreter.resize_tensor_input(place, glyphs.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(place, make_pixel_quantizer(subject.card.quantization.input)(glyphs))
        self._invoke = interpreter.invoke
        self._turn = 1

    def warm_up(self) -> None:
        """Find out how many invokes fill a turn."""
        self.turn_us()
        self._turn = max(1, round(TURN_US / self.turn_us()))

    def turn_us(self) -> float:
        """Microseconds of an invoke, on average over one turn."""
        start = time.perf_counter_ns()
        for _ in range(self._turn):
            self._invoke()
        return (time.perf_counter_ns() - start) / 1e3 / self._turn


def time_models(subjects: Sequence[Subject], glyphs: Glyphs, *, rounds: int = ROUNDS) -> Mapping[str, Times]:
    """Time models against each other, with a progress bar.

    A machine's noise only ever adds, so the quickest of many rounds is the nearest to what the network itself costs.

    Args:
        subjects: the models.
        glyphs: (N, 28, 28) uint8, at least one, to look at.
        rounds: how often each has its turn.
    """
    batches = {batch: glyphs[[place % len(glyphs) for place in range(batch)]] for batch in BATCHES}
    watches = {
        (subject.name, batch): Stopwatch(subject, given) for subject in subjects for batch, given in batches.items()
    }
    for watch in watches.values():
        watch.warm_up()
    turns: dict[tuple[str, int], list[float]] = {key: [] for key in watches}
    with ProgressBar("timing", rounds) as bar:
        for _ in range(rounds):
            for key, watch in watches.items():
                turns[key].append(watch.turn_us())
            bar.advance()
    quickest = {key: min(spent) for key, spent in turns.items()}
    return {subject.name: Times(*(quickest[subject.name, batch] for batch in BATCHES)) for subject in subjects}
