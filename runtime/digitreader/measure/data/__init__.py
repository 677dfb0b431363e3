"""Labelled images: reading IDX files, finding MNIST, and fetching it if there is none."""

from digitreader.measure.data.idx import LabelledImages, read_idx, read_labelled_images
from digitreader.measure.data.mnist import DataPlace, MnistFiles, find_mnist

__all__ = [
    "DataPlace",
    "LabelledImages",
    "MnistFiles",
    "find_mnist",
    "read_idx",
    "read_labelled_images",
]
