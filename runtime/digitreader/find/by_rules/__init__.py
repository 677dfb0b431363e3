"""Find by rules: thresholds and measures take the light, the printed lines and the blots away, and leave strokes.

The network finds what these rules lose; they find clear writing that it is not sure of. What both find is judged
together.
"""

from digitreader.find.by_rules.chain import Stroke, strokes_in

__all__ = ["Stroke", "strokes_in"]
