"""A lesson: the teacher learns from the practice, then says what it believes of every glyph of it; both are cached."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.host.progress import ProgressBar
from digitreader.model.glyph import features
from digitreader.model.glyph.features import FeatureKind
from digitreader.values import Features
from digitreader_train.backend import keras, seed_everything, tf
from digitreader_train.callbacks import ShowProgress
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.glyph_cache import cached_arrays
from digitreader_train.practice.task import Beliefs, Practice
from digitreader_train.shown import shown
from digitreader_train.teacher import network
from digitreader_train.teacher.network import build_teacher

SEED = 7
EPOCHS = 6
BATCH = 512
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.02
WARMUP_SHARE = 0.06
STEPS_AT_ONCE = 50
GLANCE = 2_000
"""Glyphs that it looks at together."""
FEATURES: FeatureKind = "directions"


def taught(practice: Practice, validation: LabelledGlyphs, cache: Path) -> Practice:
    """The practice with the teacher's beliefs, from the cache where it was taught the same before.

    Args:
        practice: what the teacher learns from; it is shown directions, whoever learns from it.
        validation: digits, to show how well it reads what it has not seen.
        cache: the cache folder.

    Source: G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015.
    """
    kept = cached_arrays(cache, _key(practice), lambda: {"beliefs": _teach(practice, validation)})
    return dataclasses.replace(practice, beliefs=kept["beliefs"])


def _key(practice: Practice) -> str:
    key = hashlib.sha256(
        b"".join(Path(str(file)).read_bytes() for file in (__file__, network.__file__, features.__file__))
    )
    key.update(practice.glyphs.data)
    key.update(practice.labels.data)
    return key.hexdigest()


def _teach(practice: Practice, validation: LabelledGlyphs) -> Beliefs:
    practice, validation = shown(practice, FEATURES), shown(validation, FEATURES)
    seed_everything(SEED)
    teacher, steps = build_teacher(), max(1, len(practice) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0,
        EPOCHS * steps,
        warmup_target=LEARNING_RATE,
        warmup_steps=max(1, int(WARMUP_SHARE * EPOCHS * steps)),
    )
    teacher.compile(
        keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=min(STEPS_AT_ONCE, steps),
    )
    seen = (validation.glyphs.astype(np.float32) / 255, validation.labels.astype(np.int32))
    with ProgressBar("training the teacher", steps * EPOCHS) as bar:
        teacher.fit(
            _batches(practice),
            epochs=EPOCHS,
            steps_per_epoch=steps,
            validation_data=seen,
            validation_batch_size=GLANCE,
            callbacks=[ShowProgress(bar, EPOCHS)],
            verbose=0,
        )
    return believe(teacher, practice.glyphs)


def _batches(practice: Practice) -> Any:
    glyphs, labels = tf.constant(practice.glyphs), tf.constant(practice.labels.astype(np.int32))

    def gather(places: Any) -> tuple[Any, Any]:
        return tf.cast(tf.gather(glyphs, places), tf.float32) / 255.0, tf.gather(labels, places)

    count = len(practice)
    return tf.data.Dataset.range(count).shuffle(count, seed=SEED).repeat().batch(BATCH).map(gather)


def believe(teacher: Any, glyphs: Features) -> Beliefs:
    """What the teacher believes of each of (N, 28, 28) features; (N, 11) float16, the last of no digit."""
    beliefs = np.empty((len(glyphs), 11), np.float16)
    with ProgressBar("asking the teacher", len(glyphs)) as bar:
        for start in range(0, len(glyphs), GLANCE):
            part = glyphs[start : start + GLANCE]
            logits = teacher(part.astype(np.float32) / 255, training=False)
            beliefs[start : start + len(part)] = tf.nn.softmax(logits).numpy()
            bar.advance(len(part))
    return beliefs
