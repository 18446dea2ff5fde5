"""Surface: what is behind it is hidden, the path ends at the border of its box, and heights have numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from gdanim.theme import blend
from gdanim.timeline import Moment
from gdanim.views.flight import Flight
from gdanim.views.marks import Arrow, Dots, Label, Stroke
from gdanim.views.space import FLOOR, HEIGHT, Camera, Heights, heights_at, in_box, within
from gdanim.views.surface import Surface
from tests.pictures import drawn, picture

SIDE = np.linspace(-0.5, 0.5, 61)


def surface_of(**settings: Any) -> tuple[Any, Surface]:
    shown = picture(view="surface", **settings)
    view = shown.views[0]
    assert isinstance(view, Surface)
    return shown, view


def test_a_ridge_hides_what_is_behind_it_by_the_angle_of_sight() -> None:
    # A ridge 0.4 high along y at x = 0; the camera looks along −x from 38° above the horizon.
    ridge = np.where(np.abs(SIDE) < 0.02, 0.4, 0.0) * np.ones((61, 1))
    camera = Camera(0.0)
    shade = 0.4 / np.tan(np.radians(38.0))  # how far behind it the ground is out of sight
    x = np.array([-0.05, -0.3, -0.48, 0.1, 0.45])
    assert shade > 0.5
    ground = np.column_stack([x, np.zeros(5), np.zeros(5)])
    assert camera.hidden(ground, ridge).tolist() == [True, True, True, False, False]
    lifted = ground + np.array([0.0, 0.0, 0.42])
    assert not camera.hidden(lifted, ridge).any()
    assert camera.hidden(ground, 0.5 * ridge).tolist() == [True, False, False, False, False]
    under = np.array([[-0.3, 0.0, -0.1]])
    assert camera.hidden(under, np.zeros((61, 61)))[0]
    assert not camera.hidden(np.array([[0.49, 0.0, -0.1]]), np.zeros((61, 61)))[0]  # in front, below the edge


@pytest.mark.parametrize("azimuth", [-62.0, 10.0, 100.0, 200.0])
def test_hidden_points_are_those_over_which_a_face_is_nearer(azimuth: float) -> None:
    """Against a picture made another way: the nearest of many points of the surface in each small square."""
    x, y = np.meshgrid(SIDE, SIDE)
    heights = 0.3 + 0.3 * np.sin(7 * x + 1) * np.cos(6 * y)
    camera = Camera(azimuth)
    fine = np.linspace(-0.5, 0.5, 1200)
    u, v = np.meshgrid(fine, fine)
    cloud = np.stack([u, v, heights_at(heights, u, v)], axis=-1).reshape(-1, 3)
    cells = np.round(camera.flat(cloud) / 0.004).astype(int) + 400
    depth = np.full((900, 900), -np.inf)
    np.maximum.at(depth, tuple(cells.T), cloud @ camera.towards)
    rng = np.random.default_rng(1)
    spots = rng.uniform(-0.48, 0.48, (400, 2))
    points = np.column_stack([spots, heights_at(heights, *spots.T)])
    u, v = (np.round(camera.flat(points) / 0.004).astype(int) + 400).T
    around = [depth[u + i, v + j] - points @ camera.towards for i in (-2, 0, 2) for j in (-2, 0, 2)]
    hidden = camera.hidden(points, heights)
    surely, never = np.min(around, axis=0) > 0.06, np.max(around, axis=0) < 0.015
    assert surely.sum() > 20
    assert never.sum() > 20
    assert hidden[surely].all()
    assert not hidden[never].any()


def test_ways_are_cut_where_they_cross_the_box() -> None:
    a = np.array([[0.0, 0.0, 0.3], [-1.0, 0.0, 0.3], [0.9, 0.9, 0.3], [0.0, 0.0, 0.3]])
    b = np.array([[1.0, 0.0, 0.3], [1.0, 0.0, 0.3], [0.9, 2.0, 0.3], [0.0, 0.0, -0.3]])
    enter, leave = within(a, b)
    assert enter[:2] == pytest.approx([0.0, 0.25])
    assert leave[[0, 1, 3]] == pytest.approx([0.5, 0.75, 0.5])
    assert leave[2] < enter[2]


@pytest.mark.parametrize("name", ["goldstein-price", "rosenbrock", "himmelblau", "saddle", "styblinski-tang"])
def test_the_numbers_of_the_axis_are_those_of_the_loss(name: str) -> None:
    start = {"start": (0.8, 3.9)} if name == "styblinski-tang" else {}
    shown, view = surface_of(loss=name, **start)
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    corner = min(corners, key=lambda c: float(view.pixels(np.array([[*c, 0.0]]))[0, 0]))  # farthest left
    texts = {shown.scene.text.short(v, 6): v for v in view.tick_values[1]}
    labels = {mark.text: mark for mark in view.still() if isinstance(mark, Label)}
    assert len(texts) >= 3
    pixels = []
    for words, value in texts.items():
        middle = labels[words].position[1] + 0.33 * shown.scene.sizes.text
        # A point of that loss over the axis's corner stands as high as the number.
        theta = [
            low + (c + 0.5) * (high - low) for c, (low, high) in zip(corner, shown.scene.window, strict=True)
        ]
        height = view.spot(np.array([theta]), np.array([value]))[0, 1]
        assert abs(middle - height) < shown.scene.sizes.text
        pixels.append(height)
    assert (np.diff(pixels) > 1.2 * shown.scene.sizes.text).all()
    assert (r"$L$ (log)" in labels) == view.heights.log


def test_heights_grow_with_the_loss_and_nothing_is_cut_off_at_the_top() -> None:
    values = np.array([[0.0, 1.0], [10.0, 5000.0]])
    heights = Heights(np.repeat(np.repeat(values, 10, 0), 10, 1), 0.0, np.array([20000.0]))
    assert heights.log
    some = heights.of(np.array([0.0, 0.1, 3.0, 5000.0, 20000.0, 1e6]))
    assert some[0] == 0.0
    assert (np.diff(some) > 0).all()
    assert some[4] == pytest.approx(HEIGHT)


def test_a_path_ends_at_the_border_of_the_box_and_never_flies_uphill() -> None:
    shown, view = surface_of(loss="saddle", iterations=40)
    (trail,) = view.trails
    assert isinstance(trail, Flight)
    space, loss = trail.space(), shown.scene.runs[0].loss
    assert (np.diff(loss) < 0).all()
    assert (np.diff(space[:, 2]) < 0).all()
    gone = int(np.flatnonzero(~in_box(space))[0])
    assert trail.exit.left == gone
    shown.frame(Moment(40))
    marks = list(trail.update(Moment(40)))
    (arrow,) = [mark for mark in marks if isinstance(mark, Arrow)]
    _, share = within(space[gone - 1 : gone], space[gone : gone + 1])
    border = space[gone - 1] + share[0] * (space[gone] - space[gone - 1])
    sides = [*(0.5 - np.abs(border[:2])), border[2], HEIGHT - border[2]]
    assert min(sides) == pytest.approx(0.0, abs=1e-6)
    assert arrow.ends[1] == pytest.approx(view.pixels(border[None])[0])
    assert not len(trail.ball(Moment(40)).points)  # type: ignore[attr-defined]
    drawn = np.vstack([mark.points for mark in trail.whole(Moment(40)) if isinstance(mark, Stroke)])
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (FLOOR, HEIGHT)])
    box = view.pixels(corners)
    assert (drawn >= box.min(axis=0) - 1e-6).all()
    assert (drawn <= box.max(axis=0) + 1e-6).all()


def test_the_shadow_and_the_drop_line_stand_under_the_path() -> None:
    shown, view = surface_of(loss="himmelblau")
    (trail,) = view.trails
    assert isinstance(trail, Flight)
    moment = Moment(5)
    marks = list(trail.update(moment))
    drop, foot = marks[-2:]
    assert isinstance(drop, Stroke)
    assert isinstance(foot, Dots)
    ball = trail.ball(moment).points[0]  # type: ignore[attr-defined]
    assert drop.points[0] == pytest.approx(ball)
    assert drop.points[0, 0] == pytest.approx(drop.points[1, 0])  # straight down
    assert drop.points[1, 1] < ball[1]
    theta = shown.scene.runs[0].theta[5]
    low, high = np.array(shown.scene.window).T
    under = np.array([[*((theta - low) / (high - low) - 0.5), FLOOR]])
    assert foot.points[0] == pytest.approx(view.pixels(under)[0])


@pytest.fixture
def around(tmp_path: Path) -> str:
    """A path around Himmelblau's hill, of which a part is hidden from every side."""
    turn = np.linspace(0.0, 2 * np.pi, 25)
    rows = [f"{4.4 * np.cos(t)},{4.4 * np.sin(t)}" for t in turn]
    file = tmp_path / "around.csv"
    file.write_text("\n".join(["w1,w2", *rows]) + "\n")
    return str(file)


def test_a_ball_behind_a_wall_is_hollow_and_one_in_front_is_not(around: str) -> None:
    _, view = surface_of(loss="himmelblau", path=around)
    (trail,) = view.trails
    assert isinstance(trail, Flight)
    hidden = view.hidden(trail.space())
    assert hidden.any()
    assert not hidden.all()
    for k in range(len(hidden)):
        ball = trail.ball(Moment(k))
        assert isinstance(ball, Dots)
        assert (ball.colour[3] == 0.0) == hidden[k]


def test_what_is_in_front_has_a_halo_and_what_is_behind_is_dim_without(around: str) -> None:
    shown, view = surface_of(loss="himmelblau", path=around)
    (trail,) = view.trails
    theme, hidden = shown.scene.theme, view.hidden(trail.space())  # type: ignore[attr-defined]
    dim = to_rgba(blend(theme.before, theme.background, 0.45))
    found = [0, 0]
    for k in range(1, 25):
        for stroke in (mark for mark in trail.update(Moment(k)) if isinstance(mark, Stroke)):
            if stroke.guide or not len(stroke.points):
                continue
            paths = drawn(stroke)
            assert (len(paths) == 1) == (stroke.colour == dim)
            found[len(paths) - 1] += 1
    assert hidden.any()
    assert min(found) > 3


@pytest.mark.parametrize("orbit", [0.0, 300.0])
@pytest.mark.parametrize("size", [(480, 360), (1280, 720)])
def test_the_box_its_numbers_and_names_stay_inside_the_panel(orbit: float, size: tuple[int, int]) -> None:
    shown, view = surface_of(loss="goldstein-price", orbit=orbit, size=size)
    panel = view.axes.bbox
    a, b = np.meshgrid(*(np.linspace(low, high, 60) for low, high in shown.scene.window))
    theta = np.column_stack([a.ravel(), b.ravel()])
    loss = shown.scene.loss.value(theta)
    points = view.unit(np.column_stack([theta, loss])[loss <= view.heights.top])
    assert len(points) > 3000
    for k in (0, 7, 13, 24):
        shown.frame(Moment(k))
        for mark in (*view.still(), *view.update(Moment(k))):
            if isinstance(mark, Label):
                left, low, right, high = mark.box
                assert left >= panel.x0 - 4
                assert right <= panel.x1 + 4
                assert low >= panel.y0 - 4
                assert high <= panel.y1 + 1.8 * shown.scene.sizes.text
        pixels = view.pixels(points)
        assert (pixels >= (panel.x0 - 1, panel.y0 - 1)).all()
        assert (pixels <= (panel.x1 + 1, panel.y1 + 1)).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "saddle", "iterations": 40},
        {"loss": "beale", "orbit": 120.0},
        {"loss": "himmelblau", "theme": "dark"},
    ],
    ids=str,
)
def test_the_fast_frame_equals_a_full_redraw(settings: dict[str, Any]) -> None:
    fast, slow = surface_of(**settings)[0], surface_of(**settings)[0]
    for k in (0, 11, 24, 5, fast.scene.iterations):
        assert np.array_equal(fast.frame(Moment(k)), slow.redraw(Moment(k)))


def test_the_box_is_as_high_as_is_asked_for() -> None:
    _, view = surface_of(loss="himmelblau", zlim=(50.0, 200.0))
    assert (view.heights.base, view.heights.top) == (50.0, 200.0)
    assert view.unit(np.array([[0.0, 0.0, 50.0], [0.0, 0.0, 200.0]]))[:, 2].tolist() == [0.0, HEIGHT]
    drawn_faces = view.unit(np.array([[0.0, 0.0, 125.0]]))[0, 2]
    assert drawn_faces == pytest.approx(HEIGHT / 2)
    _, free = surface_of(loss="himmelblau")
    assert free.heights.base == 0.0
    assert free.heights.top > 200.0


@pytest.mark.parametrize("start", [(-0.5, -1.0), (0.0, 0.0), (1.0, -3.0), (-1.0, 1.0)])
@pytest.mark.parametrize("name", ["himmelblau", "styblinski-tang", "beale"])
def test_the_camera_stands_where_least_of_the_path_is_hidden(name: str, start: tuple[float, float]) -> None:
    _, view = surface_of(loss=name, start=start, iterations=60)
    space = view.trails[0].space()  # type: ignore[attr-defined]
    space = space[in_box(space)]
    if not len(space):
        return
    heights = view.unit(grid_of(view))[..., 2]

    def unseen(azimuth: float) -> Any:
        return Camera(azimuth).hidden(space, heights)

    here = unseen(view.azimuth)
    every = [unseen(azimuth) for azimuth in range(-180, 180, 10)]
    assert here.mean() <= min(hidden.mean() for hidden in every) + 0.25
    assert not here[-1] or all(hidden[-1] or hidden.mean() > here.mean() for hidden in every)
    assert view.azimuth == -62.0 or unseen(-62.0).any()


def grid_of(view: Surface) -> Any:
    """The landscape at the surface's points: (45, 45, 3)."""
    x, y = np.meshgrid(*(np.linspace(low, high, 45) for low, high in view.scene.window))
    losses = view.scene.loss.value(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    return np.stack([x, y, np.where(losses > view.heights.top, np.nan, losses)], axis=-1)
