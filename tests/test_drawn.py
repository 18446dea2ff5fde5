"""What is drawn, as data: where marks stand against the numbers that they are to show."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba

from gdanim.descent import recorded
from gdanim.losses import make_loss
from gdanim.text import MINUS
from gdanim.theme import BASINS, DARK, LIGHT
from gdanim.timeline import Moment
from gdanim.views.base import TRAIL
from gdanim.views.glyphs import Glyphs
from gdanim.views.header import subtitle
from gdanim.views.landscape import levels_of
from gdanim.views.marks import Arrow, Dots, Label, Stroke
from gdanim.views.trail import FADES
from tests.pictures import Recorder, drawn, picture


def of(kind: type, artists: Any) -> list[Any]:
    return [artist for artist in artists if isinstance(artist, kind)]


def only_view(**settings: Any) -> Any:
    shown = picture(**settings)
    (view,) = shown.views
    return view


@pytest.mark.parametrize("tip", [(90.0, 10.0), (10.0, 70.0), (40.0, 50.0), (10.0, -30.0)])
def test_an_arrow_ends_in_a_head_at_its_tip(tip: tuple[float, float]) -> None:
    """A triangle whose point is the tip, whose base stands across the shaft, 12 pixels behind it."""
    tail = np.array([10.0, 10.0])
    line, triangle = drawn(Arrow(None, "#d55e00", width=3.0, head=12.0).to(tail, tip))
    shaft, head = line.points, triangle.points
    along = (tip - tail) / np.linalg.norm(tip - tail)
    assert (line.width, line.fill, triangle.width) == (3.0, None, 0)
    assert triangle.fill == to_rgba("#d55e00")
    np.testing.assert_allclose(shaft[0], tail)
    np.testing.assert_allclose(head[0], tip)
    np.testing.assert_allclose(head[3], tip)
    left, right = head[1], head[2]
    np.testing.assert_allclose((left + right) / 2, tip - 12 * along)
    assert (left - right) @ along == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(left - right) == pytest.approx(2 * 0.42 * 12)
    # The shaft reaches into the head, and not through its point.
    assert 0 < (shaft[1] - (tip - 12 * along)) @ along < 6


def test_a_short_arrow_keeps_a_shaft_and_none_is_drawn_without_a_length() -> None:
    arrow = Arrow(None, "#000000", width=3.0, head=12.0)
    _, triangle = drawn(arrow.to((0.0, 0.0), (10.0, 0.0)))
    assert triangle.points[:, 0].min() == pytest.approx(4.0)
    assert drawn(arrow.to((5.0, 5.0), (5.3, 5.0))) == []


@pytest.mark.parametrize("settings", [{"loss": "wavy"}, {"loss": "double-well", "theme": "dark"}])
def test_the_curve_is_the_loss_over_the_window(settings: dict[str, Any]) -> None:
    view = only_view(view="curve", **settings)
    x, y = view.axes.lines[0].get_data()
    wanted = {"wavy": x**2 / 10 + np.sin(3 * x), "double-well": (x**2 - 1) ** 2}[settings["loss"]]
    np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12)
    assert (x[0], x[-1]) == view.scene.window[0] == view.axes.get_xlim()
    assert len(x) >= 600
    theme = view.scene.theme
    assert view.axes.lines[0].get_color() == theme.curve
    diamonds = [line for line in view.axes.lines[1:] if line.get_marker() == "D"]
    assert len(diamonds) == len(view.scene.loss.minima)


def test_ball_tangent_step_and_drop_stand_where_the_numbers_say() -> None:
    """(w − 2)² from 5 with η = 0.1: w₃ = 2 + 3·0.8³ = 3.536, slope 3.072, then 3.2288."""
    view = only_view(view="curve")
    artists = list(view.update(Moment(3)))
    here, following, height = 3.536, 3.2288, 1.536**2
    ball = of(Dots, artists)[-1].points
    place = view.to_pixels(here, height)
    np.testing.assert_allclose(ball, place)
    unit = view.to_pixels(1.0, 1.0)[0] - view.to_pixels(0.0, 0.0)[0]
    (x0, y0), (x1, y1) = view.tangent.points
    assert (y1 - y0) / unit[1] / ((x1 - x0) / unit[0]) == pytest.approx(3.072)
    np.testing.assert_allclose((view.tangent.points[0] + view.tangent.points[1]) / 2, place[0])
    np.testing.assert_allclose(view.arrow.ends, view.to_pixels(np.array([here, following]), view.lane))
    np.testing.assert_allclose(view.drop.points, np.vstack([place, view.to_pixels(here, view.lane)]))
    assert view.lane < 0 < view.axes.get_ylim()[1]
    last = list(view.update(Moment(24)))  # no step follows
    assert view.arrow not in last
    assert view.drop not in last
    assert view.tangent in last


def test_to_pixels_is_what_matplotlib_says() -> None:
    shown = picture(loss="bowl", view="contour/history", learning_rate=(0.02, 0.1))
    for view, (x, y) in zip(shown.views, [(-1.5, 0.7), (3.0, 0.5)], strict=True):
        np.testing.assert_allclose(view.to_pixels(x, y)[0], view.axes.transData.transform((x, y)))


@pytest.mark.parametrize(("theme", "k"), [(LIGHT, 20), (LIGHT, 8), (DARK, 11), (LIGHT, 3), (LIGHT, 1)])
def test_the_path_pales_with_age(theme: Any, k: int) -> None:
    """Two steps a shade from now's colour to before's, the newest drawn last."""
    view = only_view(view="curve", theme=theme.name, learning_rate=0.03)
    path = view.trails[0].path()
    np.testing.assert_allclose(
        path, view.to_pixels(2 + 3 * 0.94 ** np.arange(25), 9 * 0.94 ** (2 * np.arange(25)))
    )
    pieces = of(Stroke, view.trails[0].update(Moment(k)))
    assert sum(len(piece.points) - 1 for piece in pieces) == min(k, TRAIL - 1)
    assert len(pieces) == min(FADES, -(-k // 2))
    np.testing.assert_allclose(pieces[-1].points[-1], path[k])
    for older, newer in pairwise(pieces):
        np.testing.assert_allclose(older.points[-1], newer.points[0])
    now, before = np.array(to_rgba(theme.now)), np.array(to_rgba(theme.before))
    for age, piece in enumerate(reversed(pieces)):
        wanted = now + (before - now) * (age + 1) / (FADES + 1)
        np.testing.assert_allclose(piece.colour, wanted, atol=1 / 255)
    settled = [list(view.trails[0].settle(i)) for i in range(k + 1)]
    colours = [s.colour for step in settled for s in of(Stroke, step)]
    assert colours == [to_rgba(theme.before)] * max(0, k - TRAIL + 1)


def test_compared_paths_do_not_fade() -> None:
    view = only_view(view="curve", learning_rate=(0.03, 0.3))
    for trail, style in zip(view.trails, view.scene.styles, strict=True):
        assert list(trail.update(Moment(5))) == []
        (line, dots) = trail.settle(4)
        np.testing.assert_allclose(line.points, trail.path()[3:5])
        np.testing.assert_allclose(dots.points, trail.path()[3:4])
        assert line.colour == to_rgba(style.before)


@pytest.mark.parametrize(
    "settings",
    [{"view": "curve"}, {"loss": "himmelblau", "view": "contour"}, {"loss": "wavy", "view": "history"}],
)
def test_numbers_beside_the_axes_stand_at_their_values(settings: dict[str, Any]) -> None:
    view = only_view(**settings)
    labels = {label: label.text for label in of(Label, view.still())}
    x, y = view.tick_values
    for axis, values in enumerate((x, y)):
        low, high = (view.axes.get_xlim(), view.axes.get_ylim())[axis]
        steps = np.diff(values)
        assert 2 <= len(values) <= 8
        np.testing.assert_allclose(steps, steps[0])
        assert (f"{steps[0]:.0e}")[0] in "125"
        assert low <= values[0] < low + steps[0]
        assert high - steps[0] < values[-1] <= high
    for axis, values in enumerate((x, y)):
        for value in values:
            wanted = view.axes.transData.transform((value, value))[axis]
            words = f"{value:g}".replace("-", "−")
            near = []
            for label in (label for label, text in labels.items() if text == words):
                left, bottom, right, top = label.box
                middle = ((left + right) / 2, (bottom + top) / 2)[axis]
                outside = (top < view.axes.bbox.y0, right < view.axes.bbox.x0 + 2)[axis]
                near.append(outside and abs(middle - wanted) < 3.5)
            assert any(near), (axis, value)
    assert set(view.names) <= set(labels.values())


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "bowl"])
def test_contour_lines_have_the_loss_of_their_level(name: str) -> None:
    view = only_view(loss=name, view="contour")
    formulas = {
        "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        "rosenbrock": lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2,
        "bowl": lambda x, y: x**2 / 2 + 5 * y**2,
    }
    filled, lines = (c for c in view.axes.collections if hasattr(c, "levels"))
    assert filled.filled
    assert not lines.filled
    assert lines.levels.tolist() == filled.levels.tolist()
    met = 0
    spread = float(lines.levels[-1] - lines.levels[0])
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        if len(path.vertices):
            met += 1
            got = formulas[name](*path.vertices.T)
            assert np.abs(got - level).max() < 0.03 * spread
    assert met >= len(lines.levels) - 2
    reach = np.vstack([path.vertices for path in filled.get_paths() if len(path.vertices)])
    limits = np.array([view.axes.get_xlim(), view.axes.get_ylim()])
    np.testing.assert_allclose([reach.min(axis=0), reach.max(axis=0)], limits.T)
    # Low is dark where the ground is light.
    shade = np.asarray(filled.get_facecolor())[:, :3].sum(axis=1)
    assert (np.diff(shade) > 0).all()


def test_the_contours_arrows_start_at_the_ball_and_add_up() -> None:
    view = only_view(loss="himmelblau", view="contour")
    first, second, whole = of(Arrow, view.explain(Moment(2)))
    ball = view.trails[0].path()[2]
    for arrow in (first, second, whole):
        np.testing.assert_allclose(arrow.ends[0], ball)
    parts = [arrow.ends[1] - arrow.ends[0] for arrow in (first, second, whole)]
    np.testing.assert_allclose(parts[0] + parts[1], parts[2])
    assert parts[0][1] == parts[1][0] == 0
    w1, w2 = view.scene.runs[0].theta[2]
    down = -np.array(
        [4 * w1 * (w1**2 + w2 - 11) + 2 * (w1 + w2**2 - 7), 2 * (w1**2 + w2 - 11) + 4 * w2 * (w1 + w2**2 - 7)]
    )
    unit = view.to_pixels(1.0, 1.0)[0] - view.to_pixels(0.0, 0.0)[0]
    assert np.cross([*(down * unit), 0], [*parts[2], 0])[2] == pytest.approx(0, abs=1e-6 * np.abs(down).max())
    assert down * unit @ parts[2] > 0
    assert 1.0 < np.linalg.norm(parts[2]) <= 6.0 * view.scene.sizes.text + 1e-9


def test_the_field_points_downhill_everywhere() -> None:
    view = only_view(loss="bowl", view="contour", field=True)
    (quiver,) = (c for c in view.axes.collections if hasattr(c, "U"))
    x, y = quiver.X, quiver.Y
    box = view.axes.get_window_extent()
    per_x, per_y = (view.to_pixels(1.0, 1.0) - view.to_pixels(0.0, 0.0))[0]
    wanted = np.stack([-x * per_x, -10 * y * per_y])
    wanted /= np.linalg.norm(wanted, axis=0)
    there = np.hypot(quiver.U, quiver.V) > 0
    np.testing.assert_allclose(np.stack([quiver.U, quiver.V])[:, there], wanted[:, there], atol=0.02)
    # Where there is none, the slopes of its cell, looked at more finely, point up as well as down.
    wide, high = (np.diff(np.unique(values.round(9))).min() for values in (x, y))
    inner = np.linspace(-0.5, 0.5, 41)
    for a, b, arrow in zip(x, y, there, strict=True):
        u, v = np.meshgrid(-(a + wide * inner) * per_x, -10 * (b + high * inner) * per_y)
        one = np.hypot((u / np.hypot(u, v)).mean(), (v / np.hypot(u, v)).mean())
        assert arrow or one < 0.85, (a, b)
        assert one > 0.75 or not arrow, (a, b)
    assert 0 < (~there).sum() < 0.1 * len(there)
    assert len(np.unique(x.round(9))) >= 5
    assert abs(x.min() + x.max() - sum(view.axes.get_xlim())) < 1e-6
    assert box.width > 0


@pytest.mark.parametrize(("name", "log"), [("himmelblau", False), ("rosenbrock", True)])
def test_the_surface_is_the_loss_over_the_window_seen_from_the_camera(name: str, log: bool) -> None:
    view = only_view(loss=name, view="surface")
    (faces,) = (c for c in view.axes.collections if len(c.get_paths()) > 500)
    corners = np.vstack([path.vertices[:4] for path in faces.get_paths()])
    assert len(faces.get_paths()) == 44 * 44
    # By hand: seen from so far around and 38° up, without perspective.
    assert (view.azimuth == -62.0) == (name == "rosenbrock")
    turn, tilt = np.radians(view.azimuth), np.radians(38)
    (a, b), (c, d) = view.scene.window
    for x, y in [(a, c), (b, c), (b, d), (a, d)]:
        u, v = (x - a) / (b - a) - 0.5, (y - c) / (d - c) - 0.5
        across = -u * np.sin(turn) + v * np.cos(turn)
        assert np.abs(corners[:, 0] - across).min() < 1e-9
        away = -u * np.cos(turn) - v * np.sin(turn)
        low = away * np.sin(tilt) - 0.31 * np.cos(tilt)
        column = corners[np.abs(corners[:, 0] - across) < 1e-9, 1]
        assert (column >= low - 1e-9).all()
        assert (column <= low + 0.62 * np.cos(tilt) + 1e-9).all()
    # Faces come from the back to the front: nearer ones are lower on the base.
    words = [label.text for label in of(Label, view.still())]
    assert words[:2] == ["$w_1$", "$w_2$"]
    assert words[2:-1] == [view.scene.text.short(value, 6) for value in view.tick_values[1]]
    assert words[-1] == ("$L$ (log)" if log else "$L$")
    theta = view.scene.loss.minima[0].theta
    lowest = view.spot(np.array([theta]), np.array([view.scene.loss.minima[0].value]))[0]
    higher = view.spot(np.array([theta]), np.array([view.scene.ceiling]))[0]
    assert higher[0] == pytest.approx(lowest[0])
    assert higher[1] > lowest[1]


def test_the_surface_turns_as_far_as_orbit_says() -> None:
    view = only_view(loss="himmelblau", view="surface", orbit=90.0, iterations=24)
    corner = np.array([[view.scene.window[0][1], view.scene.window[1][1]]])
    floor = np.array([view.scene.floor])
    places = []
    for k in (0, 12, 24):
        list(view.update(Moment(k)))
        places.append(float(view.axes.transData.inverted().transform(view.spot(corner, floor))[0, 0]))
    wanted = [0.5 * (np.cos(t) - np.sin(t)) for t in np.radians([-62, -17, 28])]
    np.testing.assert_allclose(places, wanted, atol=1e-9)


def test_basins_cover_the_axes_and_each_minimum_lies_in_its_own() -> None:
    view = only_view(loss="himmelblau", view="basins")
    (image,) = view.axes.images
    limits = (*view.axes.get_xlim(), *view.axes.get_ylim())
    assert tuple(image.get_extent()) == pytest.approx(limits)
    assert image.origin == "lower"
    pixels = np.asarray(image.get_array())
    height, width = pixels.shape[:2]
    colours = []
    for number, minimum in enumerate(view.scene.loss.minima):
        column = round((minimum.theta[0] - limits[0]) / (limits[1] - limits[0]) * (width - 1))
        row = round((minimum.theta[1] - limits[2]) / (limits[3] - limits[2]) * (height - 1))
        colours.append(pixels[row, column])
        pure = np.array(to_rgba(BASINS[number]))[:3]
        np.testing.assert_allclose(colours[-1], pure + 0.62 * (1 - pure), atol=1 / 255)


def test_the_history_is_the_loss_of_every_iterate() -> None:
    view = only_view(loss="wavy", view="history")
    (line,), (ball,) = of(Stroke, view.update(Moment(9))), of(Dots, view.update(Moment(9)))
    losses = view.scene.runs[0].loss
    w = view.scene.runs[0].theta[:, 0]
    np.testing.assert_allclose(losses, w**2 / 10 + np.sin(3 * w))
    np.testing.assert_allclose(ball.points, view.to_pixels(9.0, losses[9]))
    np.testing.assert_allclose(line.points[-1], ball.points[0])
    view.stretch = 4
    (settled,) = view.settle(8)
    np.testing.assert_allclose(settled.points, view.to_pixels(np.arange(4.0, 9.0), losses[4:9]))
    assert list(view.settle(7)) == []
    assert view.axes.get_xlim() == pytest.approx((-0.03 * 24, 1.03 * 24))
    assert view.axes.get_yscale() == "linear"


def test_the_history_of_several_is_above_the_minimum_on_a_log_axis() -> None:
    view = only_view(loss="bowl", view="history", learning_rate=(0.02, 0.1))
    assert view.axes.get_yscale() == "log"
    assert view.names[1] == "$L$ (log)"
    balls = of(Dots, view.update(Moment(5)))
    for ball, run in zip(balls, view.scene.runs, strict=True):
        np.testing.assert_allclose(ball.points[0], view.axes.transData.transform((5, run.loss[5])))


def test_the_names_beside_a_turned_surface_stand_where_its_edges_do() -> None:
    """Turned to azimuth 0, the edge of w₁ faces neither way: it has its ordinary distance."""
    view = only_view(loss="himmelblau", view="surface", orbit=62.0, iterations=10)
    labels = of(Label, view.update(Moment(10)))
    box = view.axes.bbox
    for label in labels[:2]:
        assert box.x0 < label.position[0] < box.x1
        assert box.y0 - 20 < label.position[1] < box.y1
    across = 0.57 * np.array([-1, 1])
    places = [label.box for label in labels if label.text == "$w_1$"]
    middle = (places[0][0] + places[0][2]) / 2
    distances = [abs(middle - view.axes.transData.transform((x, 0))[0]) for x in across]
    assert min(distances) < 3


def test_a_range_of_losses_is_one_also_where_there_is_one_value() -> None:
    scene = picture(loss="saddle", view="contour", iterations=0).scene
    assert scene.floor < scene.runs[0].loss[0] + 1e-12
    assert scene.ceiling >= scene.floor + 1.0


def test_a_path_that_was_recorded_is_named_under_the_title() -> None:
    shown = picture(loss="bowl", view="contour")
    run = recorded(shown.scene.loss, np.array([[1.0, 1.0], [0.5, 0.5]]), "by hand")
    scene = replace(shown.scene, runs=(run,), everyone=(run,))
    (loss, (name, short)) = subtitle(scene)
    assert "L" in loss[0]
    assert "by hand" in name
    assert "by hand" not in short


@pytest.mark.parametrize("size", [(400, 300), (480, 360), (960, 540)])
def test_the_numbers_under_the_panels_end_inside_the_picture(size: tuple[int, int]) -> None:
    for settings in ({}, {"loss": "himmelblau", "start": (-0.123, -1.456)}, {"start": (1234.5,)}):
        shown = picture(size=size, **settings)
        for moment in (Moment(0), Moment(7), Moment(24)):
            labels = [label for label in of(Label, shown.strip.update(moment)) if label.text]
            assert labels
            for label in labels:
                assert label.position[0] >= 0
                assert label.box[2] <= size[0] + 2


def said(shown: Any, moment: Moment) -> list[str]:
    return [label.text for label in of(Label, shown.strip.update(moment))]


def test_the_numbers_under_the_panels_are_those_of_the_iterate() -> None:
    """(w − 2)² from 5 with η = 0.1: 5, then 4.4, where L is 5.76 and its slope 4.8."""
    words = said(picture(iterations=2), Moment(1))
    assert [words[0], *words[1:4]] == ["1", "4.400", "5.760", "4.800"]
    assert words[-1] == "4.400 − 0.1·4.800 = 3.920"
    # Of 24 iterations some need a fourth decimal for three of the result to be right: it is so in all.
    words = said(picture(), Moment(1))
    assert [words[0], *words[1:4]] == ["1", "4.4000", "5.760", "4.8000"]
    assert words[-1] == "4.4000 − 0.1·4.8000 = 3.920"
    assert said(picture(), Moment(1, 0.9)) == words


def test_a_step_that_is_not_plain_is_said_as_it_is() -> None:
    """Adam's first step is η towards the minimum, whatever the slope."""
    bowl: dict[str, Any] = {"loss": "bowl", "optimizer": "adam", "learning_rate": 0.5, "start": (-2.0, 1.0)}
    line: dict[str, Any] = {"optimizer": "adam", "learning_rate": 0.3}
    for iterations, more in ((1, ""), (24, "0")):  # more digits where a later step needs them
        words = said(picture(iterations=iterations, **line), Moment(0))
        assert words[-1] == f"5.000{more} − 0.300{more} = 4.700"
        words = said(picture(iterations=iterations, **bowl), Moment(0))
        steps = {f"−2.000{more} + 0.500{more} = −1.500", f"1.000{more} − 0.500{more} = 0.500"}
        assert steps <= set(words)


def test_the_surface_stands_over_a_square_floor() -> None:
    """The edge of the floor, 0.14 under its base, seen from −62° around and 38° up."""
    view = only_view(loss="booth", view="surface")
    (lines,) = of(LineCollection, view.axes.collections)
    edge = lines.get_paths()[0]
    turn, tilt = np.radians(-62), np.radians(38)
    u, v = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)]).T
    across = -u * np.sin(turn) + v * np.cos(turn)
    up = (-u * np.cos(turn) - v * np.sin(turn)) * np.sin(tilt) - (0.14 + 0.62 / 2) * np.cos(tilt)
    np.testing.assert_allclose(edge.vertices, np.stack([across, up], axis=1), atol=1e-12)


@pytest.mark.parametrize("name", ["bowl", "himmelblau"])
def test_levels_are_even_round_numbers(name: str) -> None:
    loss = make_loss(name)
    values = np.linspace(0.0, 100.0, 90 * 90).reshape(90, 90)
    levels = levels_of(loss, values).values
    np.testing.assert_allclose(levels, 10.0 * np.arange(1, 10))


def test_text_of_a_vector_picture_is_level_and_begins_where_it_should() -> None:
    recorder = Recorder()
    label = Label(Glyphs(12.0), "#000000").to("loss", (30.0, 40.0))
    label.draw(recorder)
    ((words, x, y, angle),) = recorder.texts
    assert (words, angle) == ("loss", 0)
    assert (x, y) == pytest.approx((30.0, 40.0), abs=1.0)


@pytest.mark.parametrize("size", [(400, 300), (640, 400)])
@pytest.mark.parametrize("rate", [0.1, 0.9, 1.05, 1.5])
def test_the_name_of_a_step_stays_in_its_panel(rate: float, size: tuple[int, int]) -> None:
    """Also where the arrow takes all of it, and the name stands under the arrow."""
    view = only_view(view="curve", learning_rate=rate, iterations=6, size=size)
    box, under = view.axes.bbox, 0
    w = view.scene.runs[0].theta[:, 0]
    for k in range(6):
        if view.step not in list(view.update(Moment(k))):
            assert not box.x0 <= view.to_pixels(w[k], 0.0)[0, 0] <= box.x1  # the ball has left
            continue
        left, _, right, _ = view.step.box
        assert box.x0 - 3 <= left
        assert right <= box.x1 + 3
        (x0, y), (x1, _) = view.to_pixels(w[k : k + 2], view.lane).clip(box.min, box.max)
        under += right > min(x0, x1) and left < max(x0, x1)
        if right > min(x0, x1) and left < max(x0, x1):
            assert view.step.position[1] < y - 5
    assert under or rate == 0.1


def test_between_two_iterates_the_ball_leaves_a_line_behind() -> None:
    for settings in ({"learning_rate": 0.1}, {"learning_rate": (0.1, 0.3)}):
        view = only_view(view="curve", tween=9, **settings)
        for trail in view.trails:
            moment = Moment(2, 0.9)
            (ball,) = of(Dots, [trail.ball(moment)])
            place, path = ball.points[0].copy(), trail.path()
            ends = [mark.points.copy() for mark in of(Stroke, trail.update(moment))]
            assert not np.allclose(place, path[2])
            assert any(points.shape == (2, 2) and np.allclose(points, [path[2], place]) for points in ends)
            still = [mark.points.copy() for mark in of(Stroke, trail.update(Moment(2)))]
            assert not any(np.allclose(points[0], path[2]) for points in still)


@pytest.mark.parametrize("tilt", ["+", "-"])
def test_a_second_minimum_is_named_where_no_other_is_beside_the_name(tilt: str) -> None:
    """Two minima of (w² − 1)² ± w/4 at all distances: what names the upper one is nowhere near the lower."""
    named = []
    for half in np.arange(1.5, 12.0, 0.25):
        shown = picture(loss=f"(w^2 - 1)^2 {tilt} w/4", view="curve", xlim=(-half, half), start=(1.2,))
        view: Any = shown.views[0]
        size = shown.scene.sizes.text
        lower, _ = sorted(shown.scene.loss.minima, key=lambda m: m.value)
        x, y = view.to_pixels(lower.theta[0], lower.value)[0]
        for label in view.minima:
            if (MINUS in label.text) != (lower.theta[0] < 0):
                left, low, right, high = label.box
                beside = left - 2 * size < x < right + 2 * size and low - size / 2 < y < high + size / 2
                assert not beside, half
                named.append(half)
    assert 5 <= len(named) <= 30
