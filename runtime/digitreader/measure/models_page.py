"""The page that describes models, made from their cards."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from digitreader.errors import ModelFormatError
from digitreader.measure.data.mnist import MNIST_SHA256
from digitreader.model.card import ModelCard
from digitreader.model.finder_card import AnyCard, FinderCard, read_any_card

FINDER_SECTION = """\
## {name}

{purpose}

- **Network**: convolutions alone, {parameters:,} weights and biases; a picture of any multiple of 32 pixels each way
  goes in (uint8, {colours}), maps of a quarter of its size come out ({gives}): centres, ink and sizes of digits.
- **Made smaller**: {variant}; {calibration} drawn scenes showed the converter how large the values grow.
- **Trained**: {epochs} epochs over {train_scenes:,} drawn scenes, seed {seed}.{remark}
- **Finds** {found:.2%} of {digits:,} digits in {scenes:,} drawn scenes that trained nothing, and {right:.2%} of the
  centres it tells are right (heat {heat:g}); the float network {float_found:.2%} and {float_right:.2%}.
- **Loss** of maps and geometry {maps_loss:.3f} and {geometry_loss:.3f}; the float network {float_maps_loss:.3f} and
  {float_geometry_loss:.3f}.
- **File**: {size_bytes:,} bytes, sha256 `{sha256}`.

To make it again:
```
{repeat}
```
"""


def finder_row(card: FinderCard) -> str:
    """The row of a model in the table of those that find digits, Markdown."""
    file = card.measured.file
    return (
        f"| [{card.name}](#{card.name.lower()}) | {card.parameters:,} | {card.size_bytes:,} "
        f"| {file.recall:.2%} | {file.precision:.2%} |"
    )


FINDER_HEAD = ("| model | parameters | bytes | digits found | centres right |", "|---|---|---|---|---|")


def finder_section(card: FinderCard) -> str:
    """The section of a model that finds digits, Markdown."""
    measured, recipe = card.measured, card.recipe
    return FINDER_SECTION.format(
        name=card.name,
        purpose=f"{card.purpose[:1].upper()}{card.purpose[1:]}.",
        parameters=card.parameters,
        colours=card.colours,
        gives=", ".join(form.dtype for form in card.outputs[:1]),
        variant=card.variant,
        calibration=card.calibration,
        epochs=recipe["epochs"],
        train_scenes=recipe["scenes"],
        seed=recipe["seed"],
        remark=f" {card.remark}" if card.remark else "",
        scenes=measured.scenes,
        digits=measured.digits,
        heat=measured.heat,
        found=measured.file.recall,
        right=measured.file.precision,
        float_found=measured.float32.recall,
        float_right=measured.float32.precision,
        maps_loss=measured.file.maps_loss,
        geometry_loss=measured.file.geometry_loss,
        float_maps_loss=measured.float32.maps_loss,
        float_geometry_loss=measured.float32.geometry_loss,
        size_bytes=card.size_bytes,
        sha256=card.sha256,
        repeat="\n".join(card.repeat),
    )


PAGE = "README.md"

HEAD = """\
# Models

Written by `digitreader export` from the cards beside the models (`NAME.json`), which hold every figure with its data.
`digitreader verify NAME` proves a model on your device, `digitreader models` lists them.
"""

TAIL = """\
## What they are for, and what not

The models that read take single handwritten digits, one glyph at a time, as digitreader cuts them out of a picture:
the digits 0 to 9 in the hands of adults and pupils, with pen, pencil, felt or chalk; those that practised print,
displays and counters' wheels (their sections say so) read print as well, and some displays and counters: the finder
has seen none of these yet. They do not read letters, words, or digits that touch and were not cut apart. Ten neurons
that all stay dark mean "no digit"; letters and scribbles mostly, but not always, leave them dark. Do not use them
where a misread digit harms somebody: read twice, or let a person look.

## Data and licence

"""

MNIST_DATA = """\
Trained and tested on MNIST (Y. LeCun, C. Cortes, C. J. C. Burges; CC BY-SA 3.0), normalised by digitreader, with
variants of its training digits by other pens and with drawn glyphs that are no digits. Its writers were employees of
the United States Census Bureau and high-school students, so it has their way of writing: a 7 without a bar and a 1
without a flag are its custom. Of its 60,000 training images 5,000 chose the models; its 10,000 test images chose
nothing. The models are under digitreader's licence (MIT).
"""

OTHER_DATA = """\
`{name}` was trained on {about}. Its figures are of its own test digits, not of MNIST.{start}
"""

FILES_ALIKE = "four files of MNIST's names that are not MNIST's own (the card has their hashes)"

SECTION = """\
## {name}

{purpose}

- **Network**: {layers} neurons, {activation}, {parameters:,} weights and biases; ten output neurons between 0 and 1.
- **Made smaller**: `{variant}`, {kind}{chosen}; {given} in, {gives} logits out; it is shown {shown}.
- **Trained**: {epochs} epochs, seed {seed}; {variants} variants of each training digit by other pens, and {negatives:g}
  glyphs that are no digit for each{typefaces}; glyphs by `{normalisation}`.
- **Reads** {accuracy:.2%} of {n:,} test digits, the float network {float_accuracy:.2%}; they agree on {agreement:.2%}.
- **Confidence**: calibration error {ece:.2%} (15 bins, temperature {temperature:g}{none}); below {limit} of
  {threshold:g} it says nothing, which keeps {accepted:.2%} of the test digits.
- **Mixes up most**: {mistakes}.
- **File**: {size_bytes:,} bytes, sha256 `{sha256}`.

{per_digit}

To make it again (the same code draws, trains and exports the same bytes):
```
{repeat}
```
"""


SHOWN = {
    "pixels": "the pixels of a glyph",
    "directions": "eight maps of 14x7 of how the strokes of a glyph run",
}


def describe_models(folder: Path) -> str:
    """The page of all models in a folder, Markdown; one whose card is damaged is left out."""
    cards: list[AnyCard] = []
    for path in sorted(folder.glob("*.tflite")):
        with contextlib.suppress(ModelFormatError):
            cards.append(read_any_card(path.with_suffix(".json")))
    return model_page(cards)


def model_page(cards: Sequence[AnyCard]) -> str:
    """The page of these models, Markdown: first those that read digits, then those that find them."""
    readers = [card for card in cards if isinstance(card, ModelCard)]
    finders = [card for card in cards if isinstance(card, FinderCard)]
    parts = [HEAD]
    parts += [*READER_HEAD, *map(_row, readers), ""] if readers else []
    parts += [*FINDER_HEAD, *map(finder_row, finders), ""] if finders else []
    parts += [*map(_section, readers), *map(finder_section, finders)]
    return "\n".join([*parts, TAIL + _data(readers)] if readers else parts)


def _data(cards: Sequence[ModelCard]) -> str:
    """What each model was really trained on."""
    mnist = [card for card in cards if set(MNIST_SHA256.values()) <= set(card.data.values()) and not card.trained_on]
    others = [card for card in cards if card not in mnist]
    of_mnist = f"{', '.join(f'`{card.name}`' for card in mnist)}: {MNIST_DATA}" if others else MNIST_DATA
    return "\n".join([*([of_mnist] if mnist else []), *map(_other_data, others)])


def _other_data(card: ModelCard) -> str:
    start = f" It went on from the weights of {card.started_from[0]}." if card.started_from else ""
    return OTHER_DATA.format(name=card.name, about=card.trained_on or FILES_ALIKE, start=start)


READER_HEAD = (
    "| model | layers | parameters | bytes | accuracy | calibration error |",
    "|---|---|---|---|---|---|",
)


def _row(card: ModelCard) -> str:
    test = card.measured.test
    layers = "-".join(map(str, card.layers))
    return (
        f"| [{card.name}](#{card.name.lower()}) | {layers} | {card.parameters:,} | {card.size_bytes:,} "
        f"| {test.accuracy:.2%} | {test.ece:.2%} |"
    )


def _section(card: ModelCard) -> str:
    measured, recipe, quantization = card.measured, card.recipe, card.quantization
    return SECTION.format(
        name=card.name,
        purpose=f"{card.purpose[:1].upper()}{card.purpose[1:]}.",
        layers="-".join(map(str, card.layers)),
        parameters=card.parameters,
        variant=quantization.variant,
        kind=quantization.kind,
        chosen=_chosen(card),
        given=quantization.input.dtype,
        shown=SHOWN[card.features],
        gives=quantization.output.dtype,
        normalisation=card.normalisation,
        accuracy=measured.test.accuracy,
        n=measured.test.n,
        ece=measured.test.ece,
        float_accuracy=measured.keras_test.accuracy,
        agreement=measured.agreement,
        accepted=measured.accepted,
        temperature=card.acceptance.temperature,
        none=f", log odds of no digit {card.acceptance.none:g}" if card.acceptance.none else "",
        # the same until the confidence is corrected for how rarely a glyph is no digit
        limit="evidence" if card.acceptance.none else "a confidence",
        threshold=card.acceptance.threshold,
        mistakes=_mistakes(measured.confusion),
        size_bytes=card.size_bytes,
        sha256=card.sha256,
        per_digit=_per_digit(card),
        typefaces=f"; print in typefaces of {len(card.typefaces)} families" if card.typefaces else "",
        repeat="\n".join(card.repeat),
        **{name: recipe[name] for name in ("activation", "epochs", "seed", "variants", "negatives")},
    )


def _chosen(card: ModelCard) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in card.quantization.settings.items())
    return f" ({settings})" if settings else ""


def _per_digit(card: ModelCard) -> str:
    shares = [_share(row[digit], sum(row)) for digit, row in enumerate(card.measured.confusion)]
    return "\n".join(
        [
            f"| digit | {' | '.join(map(str, range(10)))} |",
            "|---" * 11 + "|",
            f"| read right | {' | '.join(shares)} |",
        ]
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def _mistakes(confusion: Sequence[Sequence[int]], most: int = 4) -> str:
    wrong = [
        (count, truth, read)
        for truth, row in enumerate(confusion)
        for read, count in enumerate(row)
        if truth != read and count
    ]
    worst = sorted(wrong, key=lambda each: (-each[0], each[1:]))[:most]
    return ", ".join(f"{truth} read as {read} ({count} times)" for count, truth, read in worst) or "nothing"
