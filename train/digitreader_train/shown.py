"""Replaces the pixels of labelled glyphs by the features that a network takes."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import numpy as np

from digitreader.host.progress import ProgressBar
from digitreader.model.glyph.features import FeatureKind, features_of
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.practice import Practice

AT_ONCE = 10_000

Lesson = TypeVar("Lesson", LabelledGlyphs, Practice)


def shown(lesson: Lesson, kind: FeatureKind) -> Lesson:
    """The same labels and beliefs, with what a network of this kind is shown in place of each glyph."""
    if kind == "pixels":
        return lesson
    features = np.empty_like(lesson.glyphs)
    with ProgressBar(f"looking for {kind}", len(features)) as bar:
        for first in range(0, len(features), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            features[part] = features_of(lesson.glyphs[part], kind)
            bar.advance(len(features[part]))
    return dataclasses.replace(lesson, glyphs=features)
