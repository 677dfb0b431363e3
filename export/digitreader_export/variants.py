"""The variants: every way of making a network smaller, by name; importing this loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitreader.errors import UsageError
from digitreader_export.settings import CLUSTERING, PRUNING, QUANTIZING, FineTuning

if TYPE_CHECKING:
    from digitreader.host.progress import ProgressBar
    from digitreader_export.loaded_run import LoadedRun

Make = Callable[["LoadedRun", "ProgressBar"], bytes]
"""Makes the .tflite; the bar counts the steps of its fine-tunings."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One way.

    Attributes:
        says: what it is, in a few words.
        make: makes it.
        tunings: the fine-tunings that it takes.
        settings: the names of the settings that it depends on.
        bytes_alone: whether it runs in 8-bit integers alone.
        may_lose: whether it may read worse than the float network, as those do that trade reading for size.
    """

    says: str
    make: Make
    tunings: tuple[FineTuning, ...] = ()
    settings: tuple[str, ...] = ()
    bytes_alone: bool = False
    may_lose: bool = False


def check_variants(names: tuple[str, ...]) -> None:
    """Make sure that all of these can be had.

    Raises:
        UsageError: one cannot.
    """
    for name in names:
        if name not in VARIANTS:
            raise UsageError(f"{name}: no such variant; choose from {', '.join(VARIANTS)}")


def pick_for_c(names: tuple[str, ...]) -> str:
    """Of the variants to make, the one that becomes C: the shipped one, or else the first in 8-bit integers alone.

    Raises:
        UsageError: none of them is.
    """
    if not names or SHIPPED in names:
        return SHIPPED
    for name in names:
        if VARIANTS[name].bytes_alone:
            return name
    able = ", ".join(name for name, variant in VARIANTS.items() if variant.bytes_alone)
    raise UsageError(f"--c: {' '.join(names)} cannot be written as C without floats; add one of {able} to --variant")


def _float32(loaded: LoadedRun, _: ProgressBar) -> bytes:
    from digitreader_export import convert

    return convert.to_float32(loaded.trained_logits())


def _float16(loaded: LoadedRun, _: ProgressBar) -> bytes:
    from digitreader_export import convert

    return convert.to_float16(loaded.trained_logits())


def _dynamic(loaded: LoadedRun, _: ProgressBar) -> bytes:
    from digitreader_export import convert

    return convert.to_dynamic_range(loaded.trained_logits())


def _int8(loaded: LoadedRun, _: ProgressBar) -> bytes:
    return _calibrated(loaded, loaded.trained_logits(), "int8", "int8")


def _uint8(loaded: LoadedRun, _: ProgressBar) -> bytes:
    return _calibrated(loaded, loaded.trained_logits(), "uint8", "uint8")


def _int16x8(loaded: LoadedRun, _: ProgressBar) -> bytes:
    return _calibrated(loaded, loaded.trained_logits(), "int16", "int16")


def _qat(loaded: LoadedRun, bar: ProgressBar) -> bytes:
    from digitreader_export import convert
    from digitreader_export.fine_tuning import quantization_aware

    return convert.to_integers_as_trained(quantization_aware(loaded, loaded.trained_logits(), bar))


def _pruned(loaded: LoadedRun, bar: ProgressBar) -> bytes:
    from digitreader_export.fine_tuning import pruned

    return _calibrated(loaded, pruned(loaded, bar), "uint8", "int8")


def _clustered(loaded: LoadedRun, bar: ProgressBar) -> bytes:
    from digitreader_export.fine_tuning import clustered

    return _calibrated(loaded, clustered(loaded, bar), "uint8", "int8")


def _pqat(loaded: LoadedRun, bar: ProgressBar) -> bytes:
    from digitreader_export import convert
    from digitreader_export.fine_tuning import pruned, quantization_aware, zeros_preserving_scheme

    quantized = quantization_aware(loaded, pruned(loaded, bar), bar, scheme=zeros_preserving_scheme())
    return convert.to_integers_as_trained(quantized)


def _cqat(loaded: LoadedRun, bar: ProgressBar) -> bytes:
    from digitreader_export import convert
    from digitreader_export.fine_tuning import clustered, equals_preserving_scheme, quantization_aware, stripped

    quantized = quantization_aware(loaded, clustered(loaded, bar), bar, scheme=equals_preserving_scheme())
    return convert.to_integers_as_trained(stripped(quantized))


def _calibrated(loaded: LoadedRun, logits: Any, given: str, gives: str) -> bytes:
    from digitreader_export import convert

    seed, per_label = loaded.run.record.recipe.seed, loaded.settings.calibration
    calibration = convert.choose_calibration_set(loaded.practice, seed=seed, per_label=per_label)
    return convert.to_integers(logits, calibration, given=given, gives=gives)


VARIANTS: Mapping[str, Variant] = {
    "float32": Variant("as trained", _float32),
    "float16": Variant("weights as 16-bit floats", _float16),
    "dynamic": Variant("8-bit weights, values rounded as they come (dynamic range)", _dynamic),
    "int8": Variant("integers alone, calibrated; int8 in and out", _int8, settings=("calibration",), bytes_alone=True),
    "uint8": Variant(
        "integers alone, calibrated; uint8 in and out", _uint8, settings=("calibration",), bytes_alone=True
    ),
    "int16x8": Variant("16-bit values, 8-bit weights, calibrated", _int16x8, settings=("calibration",)),
    "qat": Variant("integers alone, trained on with the rounding", _qat, tunings=(QUANTIZING,), bytes_alone=True),
    "pruned": Variant(
        "the smallest weights are zero, then calibrated integers",
        _pruned,
        tunings=(PRUNING,),
        settings=("sparsity", "schedule", "calibration"),
        bytes_alone=True,
        may_lose=True,
    ),
    "clustered": Variant(
        "few different weights, then calibrated integers",
        _clustered,
        tunings=(CLUSTERING,),
        settings=("clusters", "calibration"),
        bytes_alone=True,
        may_lose=True,
    ),
    "pqat": Variant(
        "pruned, then trained on with the rounding",
        _pqat,
        tunings=(PRUNING, QUANTIZING),
        settings=("sparsity", "schedule"),
        bytes_alone=True,
        may_lose=True,
    ),
    "cqat": Variant(
        "clustered, then trained on with the rounding",
        _cqat,
        tunings=(CLUSTERING, QUANTIZING),
        settings=("clusters",),
        bytes_alone=True,
        may_lose=True,
    ),
}
"""In the order in which a table lists them."""

SHIPPED = "qat"
"""The variant that carries the recipe's own name."""
