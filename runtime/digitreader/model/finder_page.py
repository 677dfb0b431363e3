"""What the page of models says of those that find digits."""

from __future__ import annotations

from digitreader.model.finder_card import FinderCard

SECTION = """\
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
    return SECTION.format(
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
