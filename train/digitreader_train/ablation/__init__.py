"""Ablation: the same recipe with one ingredient less, over several seeds, judged on validation digits alone."""

from digitreader_train.ablation.ablate import AblationSettings, ablate

__all__ = ["AblationSettings", "ablate"]
