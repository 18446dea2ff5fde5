"""Every panel has the room that its text needs, or the figure is refused in a sentence."""

import re
from typing import Any

import pytest

from gdanim import GdanimError, Spec
from gdanim.layout import Cell, has_room, layout_of
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.spec import LARGEST, SMALLEST
from gdanim.views import VIEWS, Kind
from tests.pictures import suited

SIZES = [SMALLEST, (400, 300), (480, 360), (320, 1000), (1000, 240), (640, 480), (960, 540), (1280, 720)]
RUNS = (1, 4, 12)


def settings_for(kind: Kind, runs: int) -> dict[str, Any]:
    """A loss that the view can show, and so many runs down it."""
    rates = tuple(1e-4 * (i + 1) for i in range(runs))
    loss = (
        suited(kind, "quadratic", "rosenbrock")
        if kind.features or kind.graph == "net"
        else {"loss": {1: "quadratic", 2: "rosenbrock"}[max(1, kind.parameters[0])]}
    )
    return {**loss, "view": kind.name, "learning_rate": rates, "iterations": 3}


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("name", VIEWS)
def test_every_panel_has_its_room_or_a_sentence_says_what_has(name: str, runs: int) -> None:
    kind = VIEWS[name]
    if runs > 1 and not kind.compares:
        return
    for size in SIZES:
        check(drawn_or_refused(size, settings_for(kind, runs)), kind)


def drawn_or_refused(size: tuple[int, int], settings: dict[str, Any]) -> Picture:
    """The picture at this size, or, where that is refused, at the size that the sentence names."""
    try:
        return Picture(plan(Spec(size=size, **settings)))
    except GdanimError as error:
        refusal = error
    assert refusal.where == ("size",), refusal
    named = re.search(r"; (\d+)x(\d+) has$", refusal.problem)
    assert named, refusal
    larger = (int(named[1]), int(named[2]))
    assert larger[0] * larger[1] > size[0] * size[1]
    return Picture(plan(Spec(size=larger, **settings)))


def check(picture: Picture, kind: Kind) -> None:
    """Axes inside the picture, apart from each other, and as large as the view says they must be."""
    width, height = picture.scene.spec.rendered
    text = picture.scene.sizes.text
    boxes = [axes.bbox for axes in picture.figure.axes]
    least = kind.room(len(picture.scene.loss.parameters))
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
    for axes in picture.figure.axes:
        box = axes.get_position(original=True).transformed(picture.figure.transFigure)
        assert box.width >= least[0] * text - 1e-6
        assert box.height >= least[1] * text - 1e-6
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0


def test_the_default_is_drawn_at_the_smallest_size() -> None:
    check(Picture(plan(Spec(size=SMALLEST))), VIEWS["history"])


def test_what_has_no_room_is_refused_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdanim.plan.descend_together", lambda *_: pytest.fail("computed"))
    with pytest.raises(GdanimError, match=r"^size: 320x240 has no room .*; \d+x\d+ has$"):
        plan(Spec(view="/".join(["curve"] * 3), size=SMALLEST))
    with pytest.raises(GdanimError, match="no size of this shape has room for so many panels"):
        plan(Spec(view="/".join(["curve"] * 40), size=(960, 540)))


def test_cells_fill_their_region_without_overlap() -> None:
    region = Cell(3.0, 50.0, 900.0, 400.0)
    for layout in (
        layout_of("contour+slices/history+gradient+surface", 2),
        layout_of("contour", 2, runs=11, grid=True),
        layout_of("curve", 1, runs=12, grid=True),
    ):
        cells = layout.cells(region)
        assert sum(cell.width * cell.height for cell in cells) <= 900 * 400 * (1 + 1e-9)
        for i, a in enumerate(cells):
            assert a.left >= 3 - 1e-9
            assert a.left + a.width <= 903 + 1e-9
            assert a.bottom >= 50 - 1e-9
            assert a.bottom + a.height <= 450 + 1e-9
            for b in cells[:i]:
                apart = (
                    a.left + a.width <= b.left + 1e-9
                    or b.left + b.width <= a.left + 1e-9
                    or a.bottom + a.height <= b.bottom + 1e-9
                    or b.bottom + b.height <= a.bottom + 1e-9
                )
                assert apart, (a, b)


def test_room_counts_the_numbers_beside_the_axes() -> None:
    kind, cell = VIEWS["history"], Cell(0.0, 0.0, 100.0, 100.0)
    assert has_room(kind, 1, cell, 10.0)
    assert not has_room(kind, 1, cell, 10.0, numbers=40.0)
    assert not has_room(kind, 1, cell._replace(height=60.0), 10.0)


def test_the_largest_size_is_drawn() -> None:
    Picture(plan(Spec(size=LARGEST, iterations=1, view="curve")))
