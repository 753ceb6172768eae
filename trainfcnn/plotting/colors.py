"""The colours of all pictures, which a live page asks for too: they need no matplotlib."""

# Okabe and Ito's colours (jfly.uni-koeln.de/color): the colour-blind can tell them apart.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"

CLASS_COLORS = (
    BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F", "#F0E442",
)  # fmt: skip

LINE = "#222222"
FAINT = "#8A8A8A"
PALE = "#D8DEE4"
PAPER = "#FFFFFF"
