"""The colours of all pictures, which a live page asks for too: they need no matplotlib."""

# After Okabe and Ito (jfly.uni-koeln.de/color), with a lighter pink, and three more in place of
# their grey: a deuteranope tells all ten apart, also as pale as they are on a surface.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
SKY = "#56B4E9"

CLASS_COLORS = (
    BLUE, ORANGE, GREEN, "#D884B4", SKY, "#D55E00", "#7B3F00", "#F0E442", "#AA4499",
    "#B2DF8A",
)  # fmt: skip

ERROR = "#B2182B"  # of what is wrong, and of no class
NOTHING = "#B4B4B4"  # where there is no number, which white would not tell from a middle

LINE = "#222222"
FAINT = "#8A8A8A"
PALE = "#D8DEE4"
PAPER = "#FFFFFF"
