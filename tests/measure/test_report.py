"""The page: whole in itself, well formed, and nothing in it is taken for HTML that is not meant so."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from digitreader.measure.report import (
    Heading,
    Html,
    Shown,
    bar,
    cause_gallery,
    cause_title,
    confusion,
    counted,
    figures,
    gallery,
    page_of,
    percent,
    section,
    share_of,
    stack,
    table,
)
from digitreader.measure.report_pictures import bgr_of, crop_with_boxes, jpeg_address, pair_of, png_address, within
from digitreader.values import Box

VOID = {"meta", "img", "br"}
HOSTILE = '<script>alert("1 & 2")</script>'


class Nesting(HTMLParser):
    """Checks that every element that is opened is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> Nesting:
    nesting = Nesting()
    nesting.feed(html)
    nesting.close()
    assert nesting.open == []
    return nesting


def everything(text: str) -> str:
    picture = Shown(png_address(np.zeros((4, 4), np.uint8)), text, text)
    return page_of(
        Heading(text, text, text),
        [
            figures((text, text, text)),
            section(
                text,
                table((text, ""), [(text, bar(0.5)), (Html("<b>bold</b>"), "plain")]),
                stack({"right": 3, "misread": 1}),
                cause_title("misread", 3, shown=2),
                gallery([picture]),
                gallery([], none=text),
                confusion([[0] * 10] * 10),
                note=text,
            ),
        ],
    )


def test_a_page_is_well_formed_and_asks_for_nothing_outside() -> None:
    page = everything("plain")
    nesting = parsed(page)
    assert not {"script", "link", "iframe", "object"} & nesting.seen
    addresses = [value or "" for name, value in nesting.attributes if name in ("src", "href")]
    assert addresses
    assert all(address.startswith("data:image/") for address in addresses)
    assert "url(" not in page
    assert "@import" not in page


def test_text_is_never_taken_for_html() -> None:
    nesting = parsed(everything(HOSTILE))
    assert "script" not in nesting.seen
    assert HOSTILE not in everything(HOSTILE)


def test_a_percent_sign_stays_with_its_number() -> None:
    assert "97.5&nbsp;%" in page_of(Heading("", "", ""), [section("97.5 %")])


def test_html_that_is_meant_stays() -> None:
    assert "<td><b>bold</b></td>" in everything("plain")


def test_a_bar_is_as_long_as_its_share_and_never_longer_than_whole() -> None:
    widths = [re.findall(r'<rect width="([\d.]+)"', bar(share).code)[0] for share in (-1.0, 0.0, 0.25, 1.0, 2.0)]
    assert widths == ["0.00", "0.00", "25.00", "100.00", "100.00"]


def test_a_stack_is_filled_by_its_counts() -> None:
    drawn = stack({"right": 3, "misread": 1, "invented": 0})
    assert re.findall(r'x="([\d.]+)" width="([\d.]+)"', drawn) == [
        ("0.00", "750.00"), ("750.00", "250.00"), ("1000.00", "0.00"),
    ]  # fmt: skip
    assert "misread <b>1</b>" in drawn


def test_a_stack_of_nothing_is_empty() -> None:
    assert 'width="0.00"' in stack({"right": 0})


def test_a_title_says_how_many_are_shown_where_not_all_are() -> None:
    assert "3, 2 of them shown" in cause_title("misread", 3, shown=2)
    assert "of them" not in cause_title("misread", 3, shown=3)


def test_a_confusion_is_darkest_where_most_is_mixed_up() -> None:
    counts = [[0] * 10 for _ in range(10)]
    counts[4][9], counts[4][4], counts[7][1] = 8, 90, 2
    drawn = confusion(counts)
    strengths = {
        int(count): int(strength) for strength, count in re.findall(r'<td style="[^"]*?(\d+)%[^>]*>(\d+)<', drawn)
    }
    assert strengths == {8: 75, 2: 19}
    assert '<td class="diagonal">90</td>' in drawn
    assert "<td>91.8 %</td>" in drawn
    assert drawn.count("none") == 8


@pytest.mark.parametrize(("address_of", "kind"), [(png_address, "png"), (jpeg_address, "jpeg")])
def test_a_picture_is_packed_into_its_address(address_of: object, kind: str) -> None:
    image = np.full((6, 8, 3), 77, np.uint8)
    assert callable(address_of)
    head, _, packed = address_of(image).partition(",")
    assert head == f"data:image/{kind};base64"
    unpacked = cv2.imdecode(np.frombuffer(base64.b64decode(packed), np.uint8), cv2.IMREAD_COLOR)
    assert unpacked is not None
    assert unpacked.shape == (6, 8, 3)
    assert np.abs(np.asarray(unpacked, int) - 77).max() <= 2  # JPEG's own loss


def test_a_crop_has_the_box_in_it_and_what_is_round_it() -> None:
    image = np.full((200, 300, 3), 255, np.uint8)
    crop = crop_with_boxes(image, Box(100, 80, 20, 30), [(Box(100, 80, 20, 30), (0, 0, 255))])
    assert crop.shape[0] == crop.shape[1]
    drawn = np.argwhere((crop == (0, 0, 255)).all(axis=2))
    height, width = np.ptp(drawn, axis=0)
    assert height / width == pytest.approx(1.5, abs=0.1)
    assert (image == 255).all()


@pytest.mark.parametrize("box", [Box(0, 0, 5, 5), Box(295, 195, 5, 5), Box(-4, -4, 8, 8), Box(0, 190, 6, 30)])
@pytest.mark.parametrize("colour", [True, False])
def test_a_crop_at_the_edge_is_square_and_stays_in_the_image(box: Box, colour: bool) -> None:
    image = np.full((200, 300, 3) if colour else (200, 300), 90, np.uint8)
    crop = crop_with_boxes(image, box, [])
    assert crop.shape[0] == crop.shape[1]
    assert (crop == 90).all()


def test_a_crop_of_more_than_there_is_is_all_there_is() -> None:
    crop = crop_with_boxes(np.full((100, 300, 3), 90, np.uint8), Box(0, 0, 300, 100), [])
    assert crop.shape[1] / crop.shape[0] == pytest.approx(3, abs=0.1)


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not() -> None:
    small, zoom = within(np.zeros((100, 400), np.uint8), side_px=200)
    assert (small.shape, zoom) == ((50, 200, 3), 0.5)
    same, zoom = within(np.zeros((100, 150, 3), np.uint8), side_px=200)
    assert (same.shape, zoom) == ((100, 150, 3), 1.0)


def test_an_image_and_its_glyph_stand_side_by_side() -> None:
    pair = pair_of(np.full((16, 16), 255, np.uint8), np.zeros((28, 28), np.uint8))
    assert pair.shape == (56, 114)
    assert (pair[:, :56] == 255).all()
    assert (pair[:, 58:] == 0).all()


def test_colours_are_given_the_way_opencv_has_them() -> None:
    assert bgr_of("right") == (0x73, 0x9E, 0x00)


def test_words_for_numbers() -> None:
    assert (percent(0.9749), percent(1.0)) == ("97.5 %", "100.0 %")
    assert (share_of(1, 4), share_of(1, 0)) == (0.25, 0.0)
    assert [counted(1, "error"), counted(0, "error"), counted(1234, "error"), counted(0.5, "minute")] == [
        "1 error", "0 errors", "1,234 errors", "0.5 minutes",
    ]  # fmt: skip


def test_a_cause_that_did_not_occur_has_no_heading() -> None:
    assert cause_gallery("misread", 0, []) == []
    page = section("What went wrong", *cause_gallery("misread", 0, []), note="green: right", none="nothing went wrong")
    assert "<h3" not in page
    assert "green" not in page
    assert '<p class="empty">nothing went wrong</p>' in page


def test_a_cause_that_occurred_has_its_heading_note_and_pictures() -> None:
    shown = [Shown("data:,", "a 4", "a four")]
    title, note, pictures = cause_gallery("misread", 2, shown, note="read as another")
    assert "Misread" in title
    assert "2, 1 of them shown" in title
    assert "read as another" in note
    assert pictures.count("<img") == 1


def test_every_table_can_be_scrolled_and_one_without_rows_is_a_word() -> None:
    for code in (table(("a", "b"), [("1", "2")]), confusion([[1] * 10] * 10)):
        assert code.startswith('<div class="scrolled" tabindex="0"><table')
        assert code.endswith("</table></div>")
    assert table(("a", "b"), []) == '<p class="empty">none</p>'
    assert ".scrolled { overflow-x: auto; }" in page_of(Heading("t", "s", "c"), [])
