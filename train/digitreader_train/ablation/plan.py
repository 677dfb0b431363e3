"""The trials of an ablation: what is left out, one at a time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from digitreader_train.recipes import Recipe

WHOLE = "the whole recipe"


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to train.

    Attributes:
        name: what is left out.
        recipe: without it.
        kinds: of practice that are left out.
    """

    name: str
    recipe: Recipe
    kinds: frozenset[str] = frozenset()


def trials_of(recipe: Recipe) -> tuple[Trial, ...]:
    """The whole recipe, then without each ingredient that it has, then without all of them."""
    ingredients = {
        "variants": "without variants by other pens",
        "wild": "without wild variants",
        "hands": "without other hands",
        "camera": "without the camera",
        "negatives": "without drawn negatives",
        "letters": "without foreign letters",
        "typefaces": "without letters of typefaces",
        "scenes": "without the finder's scenes",
        "printed": "without print, displays and wheels",
        "damaged": "without bad pictures",
    }
    has = [kind for kind in ingredients if getattr(recipe, kind) > 0]
    trials = [Trial(WHOLE, recipe)]
    if recipe.features != "pixels":
        trials.append(Trial("shown pixels", dataclasses.replace(recipe, features="pixels")))
    if recipe.teacher > 0:
        trials.append(Trial("without the teacher", dataclasses.replace(recipe, teacher=0.0)))
    trials += [Trial(ingredients[kind], recipe, frozenset({kind})) for kind in has]
    trials.append(Trial("the digits alone", dataclasses.replace(recipe, teacher=0.0), frozenset(has)))
    return tuple(trials)
