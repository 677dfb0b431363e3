"""Compares other readers, and other ways to run the network, on the same drawn scenes with the same score."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import cv2
import numpy as np

from digitreader.drawing import Scene
from digitreader.host.progress import with_progress
from digitreader.measure.bench.other_readers import FORWARDS, PEERS, ReadText, digits_by
from digitreader.measure.bench.timing import SEED, compare, elapsed_ms, middle_half
from digitreader.measure.edit_distance import digits_of, errors_between
from digitreader.measure.score.scenes import PRESETS, ScenesPlan, draw_scenes
from digitreader.model.glyph.features import features_of
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Features, Frame

OURS = "digitreader"
GLYPHS = 32
CALLS = 20
"""Calls in one run, because a single call is hardly longer than a step of the clock."""


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """One reader on all scenes.

    Attributes:
        accuracy: by difficulty, 1 - errors / digits by edit distance without spaces, as in `score scenes`; below 0 if
            there are more invented digits than digits.
        exact: how many scenes have no error.
        ms: median milliseconds of a scene.
        half_ms: the limits of the middle half of the scenes.
        times: its time divided by digitreader's, median over the scenes.
        half_times: the limits of the middle half of these ratios.
        note: how it was set up.
    """

    name: str
    accuracy: dict[str, float]
    exact: int
    ms: float
    half_ms: tuple[float, float]
    times: float
    half_times: tuple[float, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NetworkResult:
    """One way to run the network on the glyphs of the scenes.

    Attributes:
        one_us: median microseconds for a single glyph, without making the features.
        half_us: the limits of the middle half of the runs.
        batch_us: median microseconds for 32 glyphs together.
        times: its time for one glyph divided by digitreader's, median run by run.
        same: the share of glyphs, 0..1, for which it gives the same digit as digitreader.
    """

    name: str
    one_us: float
    half_us: tuple[float, float]
    batch_us: float
    times: float
    same: float


@dataclass(frozen=True, slots=True)
class PeersBench:
    """What was measured.

    Attributes:
        scenes: how many scenes of each difficulty.
        digits: how many digits in all scenes.
        readers: digitreader first.
        networks: digitreader first.
        missing: the readers that are not installed here, and how to install them.
    """

    scenes: int
    seed: int
    size_wh: tuple[int, int]
    digits: int
    readers: tuple[ReaderResult, ...]
    networks: tuple[NetworkResult, ...]
    missing: dict[str, str]


def bench_peers(reader: FrameReader, model: str, *, size_wh: tuple[int, int], scenes: int) -> PeersBench:
    """Read drawn scenes with digitreader and with every other reader that is installed, in turn, each on one thread.

    Args:
        reader: digitreader, with that model.
        model: its name or path; the other ways use its network.
        size_wh: the size of the scenes, in pixels.
        scenes: how many of each difficulty.

    Raises:
        ModelFormatError: the network is not a chain of layers, which the other ways need.
        MissingExtraError: another reader is installed but fails.
    """
    plans = {name: ScenesPlan(each, name, scenes, SEED, size_wh) for name, each in PRESETS.items()}
    drawn = {name: list(draw_scenes(plan)) for name, plan in plans.items()}
    installed = {name: peer for name, peer in PEERS.items() if peer.installed}
    reads: dict[str, ReadText] = {OURS: lambda image: reader.read(Frame(image, "bench")).text}
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        reads |= {name: peer.make(model) for name, peer in installed.items()}
        measured = _measure(reads, drawn)
        networks = _networks(reader, model, [shown.image for each in drawn.values() for shown in each])
    finally:
        cv2.setNumThreads(threads)
    missing = {name: peer.needs for name, peer in PEERS.items() if not peer.installed}
    missing |= {name: needs for name, (modules, needs, _) in FORWARDS.items() if not _are_there(modules)}
    return PeersBench(
        scenes=scenes,
        seed=SEED,
        size_wh=size_wh,
        digits=sum(len(digits_of(shown.truth)) for each in drawn.values() for shown in each),
        readers=tuple(_reader_result(name, drawn, measured) for name in reads),
        networks=networks,
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one reader read in one scene, and how long it took."""

    text: str
    ms: float


Measured = Mapping[str, Mapping[str, Sequence[_Taken]]]
"""By reader and difficulty, one entry for each scene."""


def _measure(reads: Mapping[str, ReadText], drawn: Mapping[str, Sequence[Scene]]) -> Measured:
    """Every reader on every scene, in turn; before that the first scene is read once to warm up."""
    taken: dict[str, dict[str, list[_Taken]]] = {name: {level: [] for level in drawn} for name in reads}
    first = next(iter(drawn.values()))[0].image
    for read in reads.values():
        read(first)
    rows = [(level, shown.image) for level, each in drawn.items() for shown in each]
    for level, image in with_progress(rows, label="reading scenes", total=len(rows)):
        for name, read in reads.items():
            taken[name][level].append(_timed(read, image))
    return taken


def _timed(read: ReadText, image: ColourImage) -> _Taken:
    texts: list[str] = []
    spent_ms = elapsed_ms(lambda: texts.append(read(image)))
    return _Taken(texts[0], spent_ms)


def _reader_result(name: str, drawn: Mapping[str, Sequence[Scene]], measured: Measured) -> ReaderResult:
    accuracy, exact = {}, 0
    for level, scenes in drawn.items():
        wanted = [digits_of(shown.truth) for shown in scenes]
        got = [digits_of(each.text) for each in measured[name][level]]
        errors = [errors_between(there, read) for there, read in zip(wanted, got, strict=True)]
        accuracy[level] = 1 - sum(errors) / max(1, sum(map(len, wanted)))
        exact += errors.count(0)
    own = [each.ms for level in drawn for each in measured[name][level]]
    times = [ms / ours.ms for ms, ours in zip(own, (o for level in drawn for o in measured[OURS][level]), strict=True)]
    return ReaderResult(
        name=name,
        accuracy=accuracy,
        exact=exact,
        ms=statistics.median(own),
        half_ms=middle_half(own),
        times=statistics.median(times),
        half_times=middle_half(times),
        note=PEERS[name].note if name in PEERS else "",
    )


def _networks(reader: FrameReader, model: str, images: Sequence[ColourImage]) -> tuple[NetworkResult, ...]:
    """Every way to run the network, on the glyphs of the first scenes that have as many as are needed."""
    glyphs = [
        reader.model.normalise_one(candidate.ink) for image in images for candidate in reader.finder.digits(image)
    ]
    if not glyphs:
        return ()
    features = features_of(np.array(glyphs), reader.model.facts.features)
    batch = np.resize(features, (GLYPHS, *features.shape[1:]))

    def ours(given: Features) -> object:
        return reader.model.engine.integers(given)

    ways: dict[str, Callable[[Features], object]] = {f"{OURS}, {reader.model.engine.name}": ours}
    digits = [int(digit) for digit in reader.model.engine.integers(features).argmax(axis=1)]
    same = {next(iter(ways)): 1.0}
    if reader.model.engine.name != "numpy":
        engine = load_model(model, "numpy").engine
        ways[f"{OURS}, numpy"] = engine.integers
        same[f"{OURS}, numpy"] = float(np.mean(engine.integers(features).argmax(axis=1) == digits))
    for name, (modules, _, make) in FORWARDS.items():
        if _are_there(modules):
            forward = make(model)
            ways[name], same[name] = forward, float(np.mean(np.equal(digits_by(forward, features), digits)))
    return tuple(_network_result(name, way, ours, batch, same[name]) for name, way in ways.items())


def _are_there(modules: Sequence[str]) -> bool:
    return all(find_spec(module) is not None for module in modules)


def _network_result(
    name: str, way: Callable[[Features], object], ours: Callable[[Features], object], batch: Features, same: float
) -> NetworkResult:
    together = compare(_often(way, batch), _often(ours, batch), runs=NETWORK_RUNS)
    one = compare(_often(way, batch[:1]), _often(ours, batch[:1]), runs=NETWORK_RUNS)
    low, high = middle_half(one.ms)
    return NetworkResult(
        name=name,
        one_us=_us(one.median_ms),
        half_us=(_us(low), _us(high)),
        batch_us=_us(together.median_ms),
        times=one.ratio,
        same=same,
    )


NETWORK_RUNS = 30


def _often(way: Callable[[Features], object], given: Features) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(CALLS):
            way(given)

    return calls


def _us(run_ms: float) -> float:
    return 1e3 * run_ms / CALLS


def describe_peers(measured: PeersBench) -> str:
    """The figures of `bench peers` as lines."""
    width, height = measured.size_wh
    levels = list(measured.readers[0].accuracy)
    heads = "".join(f"{level:>9}" for level in levels)
    return "\n".join(
        [
            (
                f"{measured.scenes} drawn scenes of each difficulty, {width}x{height}, {measured.digits} digits, seed "
                f"{measured.seed}; every reader on one thread, in turn"
            ),
            f"  {'':<32}{heads}{'exact':>7}{'a scene':>11}{'middle half':>20}{'times ours':>12}",
            *(_reader_line(each) for each in measured.readers),
            *(f"  {name:<32} is not installed here: {needs}" for name, needs in measured.missing.items()),
            "the network alone on the scenes' glyphs",
            f"  {'':<32}{'1 glyph':>12}{'middle half':>20}{'32 glyphs':>12}{'times ours':>12}{'same digit':>12}",
            *(_network_line(each) for each in measured.networks),
            *(f"  {each.name}: {each.note}" for each in measured.readers if each.note),
        ]
    )


def _reader_line(each: ReaderResult) -> str:
    scores = "".join(f"{100 * share:7.1f} %" for share in each.accuracy.values())
    low, high = each.half_ms
    return f"  {each.name:<32}{scores}{each.exact:7d}{each.ms:8.1f} ms{low:9.1f} to {high:7.1f}{each.times:12.2f}"


def _network_line(each: NetworkResult) -> str:
    low, high = each.half_us
    shares = f"{each.batch_us:9.1f} us{each.times:12.2f}{100 * each.same:10.1f} %"
    return f"  {each.name:<32}{each.one_us:9.1f} us{low:9.1f} to {high:7.1f}{shares}"
