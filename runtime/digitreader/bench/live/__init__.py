"""Bench: the live reader over a film with faults, every output watched."""

from digitreader.bench.live.figures import LiveBench
from digitreader.bench.live.run import bench_live

__all__ = ["LiveBench", "bench_live"]
