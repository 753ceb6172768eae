"""What must hold of every picture."""

from itertools import combinations

from matplotlib.figure import Figure


def assert_nothing_is_clipped_or_overlaps(figure: Figure) -> None:
    """Hold the boxes of all axes, with what is written on them, against figure and each other."""
    figure.draw_without_rendering()
    boxes = [box for ax in figure.axes if (box := ax.get_tightbbox()) is not None]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
    for one, other in combinations(boxes, 2):
        assert one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
