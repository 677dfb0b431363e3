"""The page of the Python API: it shows its picture with boxes, and becomes JSON, a dict or a table."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from digitreader import values
from digitreader.errors import DigitReaderError, ImageError
from digitreader.values import ColourImage, Frame

if TYPE_CHECKING:
    import pandas as pd

    from digitreader.api.page_pictures import PageImage


@dataclass(frozen=True, slots=True, repr=False)
class Page(values.Page):
    """Everything that was read in one picture. Its methods import what they need when they are called.

    Two pages are equal if the same was read, from whatever source and however long it took.

    Attributes:
        picture: gives the page's picture, for `annotate`; None if the picture is not kept.
    """

    picture: PageImage | None = field(default=None, compare=False)

    def annotate(self, picture: object = None, *, channels: Literal["bgr", "rgb"] = "bgr") -> ColourImage:
        """Draw a box and a label round each digit.

        >>> import digitreader
        >>> page = digitreader.read_picture("photo.jpg")  # doctest: +SKIP
        >>> cv2.imwrite("shown.png", page.annotate())  # doctest: +SKIP

        Args:
            picture: the picture that was read, in any form that `Reader.read` takes, if the page no longer has it.
            channels: the order of the colours in the result, and of an array in `picture`.

        Returns:
            (H, W, 3) uint8: the picture, enlarged if it is small, with a strip below that has the text.

        Raises:
            ImageError: the picture is no longer available.
        """
        from digitreader.api.arrays import check_channels
        from digitreader.api.showing import annotated

        check_channels(channels)
        return annotated(self._frame(picture, channels), self, channels=channels)

    def to_dict(self, *, activations: bool = False) -> dict[str, Any]:
        """The page as a dict, with the keys of ``digitreader read --format jsonl``.

        Args:
            activations: include the ten activations of each digit.
        """
        from digitreader.output.sink import page_as_json

        return page_as_json(self, activations=activations)

    def to_json(self, *, activations: bool = False, indent: int | None = None) -> str:
        """The page as JSON text, with the keys of `to_dict`; on one line if there is no `indent`."""
        import json

        return json.dumps(self.to_dict(activations=activations), indent=indent)

    def to_pandas(self) -> pd.DataFrame:
        """A table with a row for each digit; its columns are those of ``digitreader read --format csv``.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        from digitreader.api.showing import page_as_table

        return page_as_table(self)

    def _frame(self, picture: object, channels: Literal["bgr", "rgb"]) -> Frame:
        if picture is not None:
            from digitreader.api.any_picture import picture_from

            return picture_from(picture, channels=channels).frame()
        if self.error:
            raise ImageError(f"the page has no picture to show: {self.error}")
        if self.picture is None:
            raise ImageError("the page does not have its picture; give it: page.annotate(picture)")
        return self.picture.frame()

    def _repr_png_(self) -> bytes | None:
        from digitreader.api.showing import as_png

        try:
            return as_png(self._frame(None, "bgr"), self)
        except DigitReaderError:
            return None

    def _repr_html_(self) -> str:
        from digitreader.api.showing import as_html

        return as_html(self, None if self.error else self._repr_png_())

    def __repr__(self) -> str:
        from digitreader.api.showing import in_one_line

        return in_one_line(self)


def page_with(page: values.Page, picture: PageImage | None) -> Page:
    """The page as a `Page` of the API, with its picture."""
    return Page(**{each.name: getattr(page, each.name) for each in fields(values.Page)}, picture=picture)
