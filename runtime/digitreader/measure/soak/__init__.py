"""The soak: the live reader over a film with faults, every output watched."""

from digitreader.measure.soak.run import LiveBench, bench_live, describe_live

__all__ = [
    "LiveBench",
    "bench_live",
    "describe_live",
]
