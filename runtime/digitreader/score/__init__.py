"""How well the product reads and what goes wrong: on scenes, photographs, other hands, and what is no digit."""
