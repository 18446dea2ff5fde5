import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg

from gdanim import Spec
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.views.curve import Curve
from gdanim.views.marks import Dots
from gdanim.views.styles import MARKERS


def covered(marker: str) -> float:
    """Pixels that a marker of 40 pixels covers."""
    renderer = RendererAgg(100, 100, 72.0)
    Dots(None, "#000000", size=40.0, marker=marker).to(np.array([[50.0, 50.0]])).draw(renderer)
    return float(np.asarray(renderer.buffer_rgba())[..., 3].sum() / 255)


@pytest.mark.parametrize("marker", MARKERS)
def test_every_marker_covers_as_much_as_a_disc(marker: str) -> None:
    assert covered(marker) == pytest.approx(np.pi * 20**2, rel=0.02)


@pytest.mark.parametrize(
    ("loss", "start", "names"),
    [("(w^2-1)^2", 1.8, 2), ("sin(3*w) + 0.1*w^2", 3.1, 1), ("quadratic", 5.0, 1)],
)
def test_names_of_minima_do_not_overlap(loss: str, start: float, names: int) -> None:
    spec = Spec(loss=loss, start=(start,), learning_rate=0.03, view="curve", size=(640, 480))
    (curve,) = Picture(plan(spec)).views
    assert isinstance(curve, Curve)
    boxes = [label.box for label in curve.minima]
    assert len(boxes) >= names
    for i, (left, bottom, right, top) in enumerate(boxes):
        assert curve.axes.bbox.x0 <= left
        assert right <= curve.axes.bbox.x1 + 1
        for other in boxes[:i]:
            assert right <= other[0] or other[2] <= left or top <= other[1] or other[3] <= bottom
