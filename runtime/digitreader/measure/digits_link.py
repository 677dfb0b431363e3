"""The receipt's link that reads labelled digits: of the card's own, as many must be right as the card says."""

from __future__ import annotations

from digitreader.errors import DigitReaderError
from digitreader.measure.data.mnist import DataPlace
from digitreader.model.card import ModelCard
from digitreader.model.engine import EngineName
from digitreader.model.receipt import Link, Receipt

NAME = "digits"
ALLOWED_POINTS = 0.1
"""Another processor may round a glyph's pixel differently, which changes a digit in thousands."""


def digits_link(receipt: Receipt, place: DataPlace, engine: EngineName) -> Link:
    """Read the digits of a place with a model whose other links hold.

    Raises:
        DataError: there are no usable digits.
    """
    from digitreader.measure.data.choice import OwnDigits, open_digits, take_part
    from digitreader.measure.evaluation import evaluate
    from digitreader.model.load import load_model

    opened = open_digits(place)
    if any(link.state == "fail" for link in receipt.links):
        return Link(NAME, "not tried", "")
    try:
        model = load_model(str(receipt.model), engine)
    except DigitReaderError as error:
        return Link(NAME, "fail", str(error))
    data = model.card.data if isinstance(model.card, ModelCard) else {}
    digits, _ = take_part(opened, None, data)
    found = evaluate(model, digits)
    told = f"{found.accuracy:.2%} of {found.n:,} digits read right ({digits.name})"
    # a network that went on from another one names MNIST as well, which it rehearsed
    card = model.card if isinstance(model.card, ModelCard) else None
    same_kind = card is not None and isinstance(opened, OwnDigits) == bool(card.trained_on)
    if card is None or not same_kind or not set(opened.sha256.values()) <= set(data.values()):
        return Link(NAME, "pass", f"{told}; they are not those of the card, so there is nothing to compare with")
    expected = card.measured.test
    if found.n != expected.n or 100 * abs(found.accuracy - expected.accuracy) > ALLOWED_POINTS:
        return Link(NAME, "fail", f"{told}, the card says {expected.accuracy:.2%} of {expected.n:,}")
    return Link(NAME, "pass", f"{told}, as the card says")
