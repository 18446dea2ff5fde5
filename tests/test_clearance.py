"""What labels keep clear of: pieces of lines and markers in boxes, checked by points close to each other."""

from itertools import pairwise

import numpy as np

from gdanim.timeline import Moment
from gdanim.views.clearance import Moving, Segments, thinned
from gdanim.views.glyphs import LIFT
from gdanim.views.marks import Box, Label
from tests.pictures import Recorder, picture


def test_a_line_goes_through_a_box_where_any_of_its_points_does() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        line = random.uniform(0, 100, (int(random.integers(2, 5)), 2))
        x, y = random.uniform(0, 90, 2)
        box: Box = (x, y, x + 12.0, y + 7.0)
        share = np.linspace(0, 1, 4000)[:, None]
        points = np.concatenate([a + share * (b - a) for a, b in pairwise(line)])
        depth = np.minimum(points - box[:2], box[2:] - points).min(axis=1).max()  # of the deepest point
        if abs(depth) > 0.1:  # else the points are too far apart to tell
            moving = Moving()
            moving.lines.append(line)
            assert Segments([line]).cross(box) == moving.cross(box) == (depth > 0)
            hits += depth > 0
    assert 50 < hits < 350


def test_level_and_upright_lines_and_no_lines() -> None:
    box = (10.0, 10.0, 20.0, 15.0)
    assert Segments([np.array([(0.0, 12.0), (50.0, 12.0)])]).cross(box)
    assert Segments([np.array([(15.0, 0.0), (15.0, 99.0)])]).cross(box)
    assert Segments([np.array([(12.0, 12.0), (13.0, 12.0)])]).cross(box)
    assert not Segments([np.array([(0.0, 16.0), (50.0, 16.0)])]).cross(box)
    assert not Segments([]).cross(box)
    assert not Segments([np.array([(15.0, 12.0)])]).cross(box)  # a point is no line


def test_markers_reach_as_far_as_their_radius() -> None:
    box = (10.0, 10.0, 20.0, 15.0)
    for place, radius, there in (
        ((24.0, 12.0), 5.0, True),
        ((24.0, 12.0), 3.0, False),
        ((15.0, 12.0), 0.1, True),
    ):
        moving = Moving()
        moving.dots += [(np.array([place]), radius), (np.zeros((0, 2)), 1.0)]
        assert moving.cross(box) == there
    assert not Moving().cross(box)


def test_a_path_is_thinned_where_it_stands_still() -> None:
    path = np.array([(0.0, 0.0), (0.2, 0.1), (30.0, 0.0), (30.1, 0.0), (0.0, 0.0)])
    points, numbers = thinned(path)
    assert numbers.tolist() == [0, 2, 4]
    assert points.tolist() == path[[0, 2, 4]].tolist()


def test_a_frame_does_not_depend_on_where_labels_stood_before() -> None:
    wandering, alone = picture(loss="himmelblau", view="contour"), picture(loss="himmelblau", view="contour")
    for k in (0, 9, 4):
        frame = wandering.frame(Moment(k)).copy()
    assert (frame == alone.frame(Moment(4))).all()


def test_a_label_moves_as_a_whole() -> None:
    shown = picture()
    label = Label(shown.scene.glyphs, "#000000").to("here", (50.3, 60.0))
    before = label.box
    label.shift(7.0, -3.0)
    assert label.box == (before[0] + 7, before[1] - 3, before[2] + 7, before[3] - 3)
    recorder = Recorder()
    label.draw(recorder)
    ((words, x, y, _),) = recorder.texts
    assert words == "here"
    assert (x, y) == (label.position[0], 57 + LIFT)
