"""An audit of labels: on no picture does one cover data, a marker, another label, or an edge."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.path import Path

from gdanim import GdanimError
from gdanim.losses import LOSSES
from gdanim.render import Picture
from gdanim.text import LANGUAGES
from gdanim.timeline import Moment
from gdanim.views.marks import Arrow, Box, Dots, Label, Points, Stroke, overlap
from tests.pictures import ink, picture

SIZES = [(320, 240), (480, 360), (640, 480), (1280, 720)]
# The widths of text change most from size to size; other languages are looked at where room is least.
LOOKS = [
    *((size, lang) for size in SIZES for lang in ("en", "pt")),
    *((size, lang) for size in [(480, 360)] for lang in LANGUAGES if lang not in ("en", "pt")),
]
GALLERY: list[dict[str, Any]] = [
    {},
    {"learning_rate": 0.9},
    {"learning_rate": 1.1},
    {"loss": "wavy"},
    {"loss": "double-well"},
    {"loss": "pit"},
    {"loss": "himmelblau", "view": "contour"},
    {"loss": "rosenbrock", "view": "contour+history", "learning_rate": 0.001},
    {"loss": "bowl", "view": "contour+slices", "learning_rate": 0.05},
    {"loss": "bowl", "view": "contour", "learning_rate": 0.25},
    {"loss": "himmelblau", "view": "slices/history"},
    {"loss": "himmelblau", "view": "surface"},
    {"loss": "himmelblau", "view": "basins"},
    {"loss": "booth", "view": "gradient"},
    {"loss": "bowl", "optimizer": ("gd", "momentum", "adam", "rmsprop"), "learning_rate": 0.05},
    {"learning_rate": (0.02, 0.1, 0.5, 0.95, 1.05)},
    {"learning_rate": (0.02, 0.1, 0.5, 0.95, 1.05), "grid": True},
    {"loss": "himmelblau", "learning_rate": tuple(0.002 * i for i in range(1, 10)), "grid": True},
    {"loss": "himmelblau", "learning_rate": tuple(0.001 * i for i in range(1, 13))},
    {"loss": "himmelblau", "view": "rates+contour", "learning_rate": (0.002, 0.01)},
    {"schedule": ("cosine", "step"), "view": "schedule+curve"},
    {"loss": "bowl", "optimizer": "momentum", "view": "contour", "tween": 3},
    *({"loss": name} for name in LOSSES),
    *({"loss": name, "view": "contour+slices/history"} for name in ("beale", "ackley", "styblinski-tang")),
]


class Marks(NamedTuple):
    """What a frame shows: labels, lines as polylines, and boxes of markers."""

    labels: list[Label]
    lines: list[tuple[Points, Box]]  # and inside what they are seen
    guides: list[tuple[Points, Box]]  # what a label's halo may interrupt
    markers: list[Box]
    panels: list[Box]


def bounds(axes: Axes) -> Box:
    """A panel's box, in pixels."""
    box = axes.bbox
    return box.x0, box.y0, box.x1, box.y1


def shown_by(shown: Picture, k: int) -> Marks:
    """The marks of a frame, as they are drawn: settled ones, moving ones, and what matplotlib drew."""
    labels: list[Label] = []
    lines: list[tuple[Points, Box]] = []
    guides: list[tuple[Points, Box]] = []
    markers: list[Box] = []
    width, height = shown.scene.spec.rendered
    whole = (0.0, 0.0, float(width), float(height))
    for view in shown.views:
        for artist in view.axes.lines:
            points = view.to_pixels(*(np.asarray(values, float) for values in artist.get_data()))
            if artist.get_linestyle() == "None":
                size = artist.get_markersize()
                markers += [(x - size / 2, y - size / 2, x + size / 2, y + size / 2) for x, y in points]
            else:
                lines.append((points[np.isfinite(points).all(axis=1)], bounds(view.axes)))
    for mark in shown.marks(Moment(k)):
        clip = getattr(mark, "clip", None)
        box = whole if clip is None else bounds(clip)
        if isinstance(mark, Label) and mark.mask.size:
            labels.append(frozen(mark))
        elif isinstance(mark, Stroke) and len(mark.points) > 1:
            (guides if mark.guide else lines).append((mark.points.copy(), box))
        elif isinstance(mark, Arrow):
            lines.append((mark.ends.copy(), box))
        elif isinstance(mark, Dots):
            radius = mark.radius
            inside = [p for p in mark.points if box[0] <= p[0] <= box[2] and box[1] <= p[1] <= box[3]]
            markers += [(x - radius, y - radius, x + radius, y + radius) for x, y in inside]
    return Marks(labels, lines, guides, markers, [bounds(axes) for axes in shown.figure.axes])


def frozen(label: Label) -> Label:
    """A copy, since a mark is moved when it is drawn again."""
    copy = Label.__new__(Label)
    copy.__dict__.update(label.__dict__)
    return copy


def common(a: Box, b: Box) -> Box:
    """What two boxes share."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def crosses(points: Points, box: Box) -> bool:
    """Whether a polyline goes through a box."""
    path = Path(points[:, :2])
    x0, y0, x1, y1 = box
    corners = Path(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]), closed=True)
    return bool(path.intersects_path(corners, filled=False)) or bool(
        ((points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)).any()
    )


def faults(shown: Picture, k: int) -> list[str]:
    """What is wrong with the labels of a frame, in words."""
    marks = shown_by(shown, k)
    width, height = shown.scene.spec.rendered
    found = []
    boxes = [ink(label) for label in marks.labels]
    for i, (label, box) in enumerate(zip(marks.labels, boxes, strict=True)):
        name = label.text
        if any(overlap(box, b) and marks.labels[j].text != name for j, b in enumerate(boxes[:i])):
            found.append(f"'{name}' on another label")
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            found.append(f"'{name}' leaves the picture")
        if any(overlap(box, marker) for marker in marks.markers):
            found.append(f"'{name}' on a marker")
        ahead = marks.lines if label.haloed else marks.lines + marks.guides
        if any(crosses(line, common(box, seen)) for line, seen in ahead if overlap(box, seen)):
            found.append(f"'{name}' on a line")
        for panel in marks.panels:
            inside = panel[0] <= box[0] and box[2] <= panel[2] and panel[1] <= box[1] and box[3] <= panel[3]
            if overlap(box, panel) and not inside:
                found.append(f"'{name}' on a panel's edge")
    return found


@pytest.mark.parametrize("settings", GALLERY, ids=str)
def test_no_label_covers_anything(settings: dict[str, Any]) -> None:
    found = []
    for size, lang in LOOKS:
        try:
            shown = picture(**{"iterations": 20, **settings, "size": size, "lang": lang})
        except GdanimError as refused:
            if refused.where == ("size",):  # no room, which another test is about
                continue
            raise
        last = shown.scene.iterations
        for k in sorted({0, last // 2, last}):
            found += [f"{size} {lang} k={k}: {fault}" for fault in faults(shown, k)]
    assert not found, "\n".join(found)


def test_what_can_be_named_is_named() -> None:
    """The audit is not passed by saying nothing: in usual sizes the names are there."""
    for size in ((640, 480), (960, 540)):
        shown = picture(size=size)
        for k in (0, 2):
            said = " ".join(label.text for label in shown_by(shown, k).labels)
            assert all(words in said for words in ("Minimum", "slope", "step")), (size, k, said)
        contour = picture(size=size, loss="himmelblau", view="contour")
        assert r"$-\nabla L$" in [label.text for label in shown_by(contour, 0).labels]
        exit = picture(size=size, learning_rate=1.1, iterations=20)
        assert any(label.text.startswith("$k$ = ") for label in shown_by(exit, 20).labels)


def test_no_name_of_a_minimum_is_nearer_to_another() -> None:
    for size, lang in LOOKS:
        shown = picture(loss="wavy", lang=lang, size=size)
        minima = [
            (m.theta[0], shown.views[0].to_pixels(m.theta[0], m.value)[0]) for m in shown.scene.loss.minima
        ]
        for label in shown_by(shown, 0).labels:
            if label.text.startswith(shown.scene.text("minimum")):
                x = (label.box[0] + label.box[2]) / 2
                (nearest, _) = min(minima, key=lambda m: abs(m[1][0] - x))
                assert label.text.endswith(shown.scene.text.short(nearest)), label.text
