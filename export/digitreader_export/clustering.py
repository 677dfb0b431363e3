"""Weight clustering: the weights of a layer share a few values, which a compressed file stores well."""

from __future__ import annotations

import logging
from typing import Any

from digitreader.host.progress import ProgressBar
from digitreader_export.fine_tuning import CLUSTERING
from digitreader_export.loaded_run import LoadedRun
from digitreader_export.tfmot import tfmot

# on the way to cluster-preserving quantization it warns of every layer that has no zero weights, which is none's fault
logging.getLogger().addFilter(lambda record: "apply CQAT instead" not in record.getMessage())


def clustered(loaded: LoadedRun, bar: ProgressBar) -> Any:
    """Cluster the weights of a run's network.

    Returns:
        a Keras network that ends in logits; each layer has the chosen number of different weights, or fewer.
    """
    wrapped = tfmot.clustering.keras.cluster_weights(
        loaded.trained_logits(),
        number_of_clusters=loaded.settings.clusters,
        cluster_centroids_init=tfmot.clustering.keras.CentroidInitialization.KMEANS_PLUS_PLUS,
    )
    loaded.fine_tune(wrapped, CLUSTERING, bar)
    return tfmot.clustering.keras.strip_clustering(wrapped)


def preserving_scheme() -> Any:
    """The quantization that keeps weights that are equal equal."""
    return tfmot.experimental.combine.Default8BitClusterPreserveQuantizeScheme()


def stripped(quantized: Any) -> Any:
    """Take out what only the training of a clustered and quantized network needs."""
    return tfmot.experimental.combine.strip_clustering_cqat(quantized)
