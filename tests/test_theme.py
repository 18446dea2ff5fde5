"""Colours: contrast as WCAG measures it, and twelve runs that the colour-blind can tell apart."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import to_rgba

from gdanim.errors import GdanimError
from gdanim.plan import plan
from gdanim.spec import Spec
from gdanim.theme import CONTRAST, PAPER, THEMES, Theme, blend, contrast, ramp, readable
from gdanim.timeline import Moment
from gdanim.views.basins import PALE
from gdanim.views.marks import Dots, Stroke
from gdanim.views.styles import styles_of
from tests.pictures import drawn, picture

Matrix = npt.NDArray[np.float64]
# Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision
# Deficiency, table 1, severity 1.0; on linear RGB.
SEEN_BY: dict[str, Matrix] = {
    "anyone": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
APART = 20.0  # in CIELAB, where about 2.3 is just noticeable


def lab(colour: str, eye: Matrix) -> Matrix:
    """CIELAB of a colour as that eye sees it (CIE 15, D65)."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    white = XYZ @ np.ones(3)
    t = XYZ @ np.clip(eye @ linear, 0, 1) / white
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(a: str, b: str, eye: Matrix = SEEN_BY["anyone"]) -> float:
    return float(np.linalg.norm(lab(a, eye) - lab(b, eye)))


def test_contrast_is_that_of_wcag() -> None:
    # The ratios that W3C's own documents and checkers give for these.
    for colour, ratio in (("#000000", 21.0), ("#767676", 4.54), ("#949494", 3.03), ("#ff0000", 4.0)):
        assert contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_data_stands_out_from_its_ground_and_words_can_be_read(theme: Theme) -> None:
    for colour in (theme.curve, theme.now, theme.before):
        assert contrast(colour, theme.background) >= 3.0
    for colour in (theme.ink, theme.muted, theme.now):
        assert contrast(colour, theme.background) >= 4.5
    for ground in ramp(theme, 11):  # where they stand without a halo
        assert contrast(theme.field, ground) >= 3.0
        assert contrast(theme.ink, ground) >= 4.5
    for count in (1, 2, 12):
        for style in styles_of(theme, count):
            assert contrast(style.now, theme.background) >= 3.0
            assert contrast(style.before, theme.background) >= 3.0
            assert contrast(style.words, theme.background) >= 4.5
    for colour in theme.basins:
        assert contrast(theme.ink, blend(colour, theme.background, 0.62)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_now_stands_out_from_before(theme: Theme) -> None:
    assert apart(theme.now, theme.before) >= APART
    assert contrast(theme.now, theme.background) >= 1.3 * contrast(theme.before, theme.background)


@pytest.mark.parametrize("view", ["contour", "surface", "basins"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_path_on_colours_has_a_halo_of_the_background(view: str, theme: str) -> None:
    shown = picture(loss="himmelblau", view=view, theme=theme)
    background = to_rgba(shown.scene.theme.background)
    shown.frame(Moment(3))
    trail = shown.views[0].trails[0]  # type: ignore[attr-defined]
    marks, path = list(trail.update(Moment(3))), trail.path().tolist()
    # On a surface there are a shadow and the foot of a drop line besides.
    dots = [m for m in marks if isinstance(m, Dots) and all(point in path for point in m.points.tolist())]
    strokes = [m for m in marks if isinstance(m, Stroke) and not m.guide and len(m.points)]
    assert sum(len(mark.points) for mark in dots) == 3
    assert strokes
    for mark in dots:
        for outline in drawn(mark):
            assert outline.colour == pytest.approx(background)
            assert outline.width >= 1.0
    for stroke in strokes:
        halo, line = drawn(stroke)
        assert halo.points.tolist() == line.points.tolist() == stroke.points.tolist()
        assert halo.colour == pytest.approx(background)
        assert line.colour == pytest.approx(stroke.colour)
        assert halo.width >= line.width + 1.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("eye", SEEN_BY)
def test_twelve_runs_differ_in_colour_and_dash_or_in_marker_and_dash(theme: Theme, eye: str) -> None:
    styles = styles_of(theme, 12)
    assert len({style.marker for style in styles}) == 12
    for a, b in combinations(styles, 2):
        differ = apart(a.now, b.now, SEEN_BY[eye]) >= APART
        assert differ or a.dashes != b.dashes, (a, b, apart(a.now, b.now, SEEN_BY[eye]))
    # As long as each has a colour of its own, anyone tells them by it.
    first = styles[: len(theme.runs)]
    assert eye != "anyone" or all(apart(a.now, b.now) >= APART for a, b in combinations(first, 2))


def greys(colour: str) -> Matrix:
    """How light a colour is in grey, 0 … 100: by CIELAB, as print is measured, and by BT.601."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return np.array([lab(colour, np.eye(3))[0], 100 * (0.299 * red + 0.587 * green + 0.114 * blue)])


def test_on_paper_runs_differ_in_lightness_where_their_dashes_are_the_same() -> None:
    styles = styles_of(PAPER, 12)
    assert len({style.marker for style in styles}) == 12
    for a, b in combinations(styles, 2):
        differ = np.abs(greys(a.now) - greys(b.now)).min() >= 12
        assert differ or a.dashes != b.dashes, (a, b)
    for one, other in combinations(PAPER.runs, 2):  # of seven each has a lightness of its own
        assert np.abs(greys(one) - greys(other)).min() >= 1.5
    assert np.abs(greys(PAPER.now) - greys(PAPER.before)).min() >= 12
    # In the light theme runs of one dash are the same grey: the test can tell.
    light = styles_of(THEMES["light"], 12)
    alike = [
        np.abs(greys(a.now) - greys(b.now)).min() for a, b in combinations(light, 2) if a.dashes == b.dashes
    ]
    assert min(alike) < 4


def test_on_paper_areas_differ_in_lightness() -> None:
    shades = [blend(colour, PAPER.background, PALE) for colour in PAPER.basins]
    assert min(np.abs(greys(a) - greys(b)).min() for a, b in combinations(shades, 2)) >= 3
    low, high = PAPER.pair
    assert np.abs(greys(low) - greys(high)).min() >= 30


def test_high_contrast_is_what_wcag_calls_enhanced() -> None:
    for colour in (CONTRAST.ink, CONTRAST.muted, CONTRAST.now, *(s.words for s in styles_of(CONTRAST, 12))):
        assert contrast(colour, CONTRAST.background) >= 7
    for colour in (CONTRAST.curve, CONTRAST.before, *CONTRAST.runs):
        assert contrast(colour, CONTRAST.background) >= 4.5
    for ground in ramp(CONTRAST, 11):
        assert min(contrast(CONTRAST.ink, ground), contrast(CONTRAST.field, ground)) >= 7


def test_on_slides_text_and_marks_are_larger_and_what_has_no_room_is_refused_with_a_size_that_has() -> None:
    usual, large = (plan(Spec(theme=theme)) for theme in ("light", "slides"))
    assert large.text_size == pytest.approx(1.4 * usual.text_size) == pytest.approx(19.6)
    assert picture(theme="slides", size=(960, 540)).scene.sizes.ball == pytest.approx(1.4 * 0.95 * 14)
    small = {"loss": "bowl", "view": "contour+slices/history", "size": (640, 400)}
    picture(**small)
    with pytest.raises(GdanimError, match=r"640x400 has no room .*; (\d+)x(\d+) has") as caught:
        picture(**small, theme="slides")
    size = tuple(map(int, caught.value.problem.split("; ")[1].split(" ")[0].split("x")))
    picture(**{**small, "size": size}, theme="slides")


def test_dashes_go_on_where_the_last_stretch_of_a_line_ended() -> None:
    shown = picture(loss="bowl", optimizer=("gd", "momentum"), view="history", iterations=300)
    history = shown.views[0]
    length = 0.0
    for k in range(300):
        stroke = list(history.settle(k))[1:2]
        if stroke:
            assert isinstance(stroke[0], Stroke)
            (line,) = drawn(stroke[0])
            assert line.begun == pytest.approx(length, abs=1e-6)
            length += float(np.hypot(*np.diff(stroke[0].points, axis=0).T).sum())
    assert length > 300


@pytest.mark.parametrize("view", ["contour", "surface"])
def test_dashes_of_a_path_go_on_from_step_to_step(view: str) -> None:
    shown = picture(loss="bowl", optimizer=("gd", "momentum"), learning_rate=0.02, view=view, iterations=40)
    trail = shown.views[0].trails[1]  # type: ignore[attr-defined]
    path, seen = trail.path(), 0
    length = np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    for k in range(41):
        for stroke in (mark for mark in trail.settle(k) if isinstance(mark, Stroke)):
            in_front = stroke.colour == to_rgba(shown.scene.styles[1].before)
            if in_front and len(stroke.points) and np.allclose(stroke.points[0], path[k - 1]):
                seen += 1
                assert drawn(stroke)[-1].begun == pytest.approx(length[k - 1], abs=1e-6)
    assert seen > 5
    assert length[-1] > 100


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_colour_is_made_readable_and_no_more(theme: Theme) -> None:
    assert readable(theme.ink, theme, 4.5) == theme.ink
    changed = readable(theme.background, theme, 4.5)
    assert 4.5 <= contrast(changed, theme.background) < 4.8
