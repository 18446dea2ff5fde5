"""The confusion view: which class is taken for which, counted."""

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.data import load
from gdanim.plan import plan
from gdanim.timeline import Moment
from gdanim.views.confusion import COUNTED, Cells, Confusion
from gdanim.views.marks import Label
from tests.pictures import picture


def confusion_of(**settings: object) -> Confusion:
    view = picture(**{"data": "blobs:classes=4", "view": "confusion", **settings}).views[0]
    assert isinstance(view, Confusion)
    return view


def test_it_counts_every_row_once() -> None:
    view = confusion_of(iterations=9)
    table, run = load("blobs:classes=4"), view.scene.runs[0]
    for k in (0, 4, 9):
        weights, biases = run.theta[k, :8].reshape(4, 2), run.theta[k, 8:]
        said = (table.features @ weights.T + biases).argmax(axis=1)
        wanted = np.zeros((4, 4), int)
        for true, taken in zip(table.values.astype(int), said, strict=True):
            wanted[true, taken] += 1
        np.testing.assert_array_equal(view.table(k), wanted)
        assert np.trace(wanted) / len(table) == pytest.approx(float(run.measures["accuracy"][k]))
        cells, *labels = view.update(Moment(k, 0.5 if k < 9 else 0.0))
        assert isinstance(cells, Cells)
        words = [label.text for label in labels if isinstance(label, Label)]
        assert words == [str(count) for count in wanted.ravel()]
        places = [label.position for label in labels if isinstance(label, Label)]
        assert places[0][0] < places[1][0] < places[2][0] < places[3][0]
        assert places[0][1] > places[4][1] > places[8][1]  # the first class stands above


def test_it_says_what_it_counts() -> None:
    def said(**settings: object) -> str:
        words = [
            mark.text for mark in confusion_of(size=(960, 540), **settings).still() if isinstance(mark, Label)
        ]
        return next(word for word in words if "row" in word)

    assert said() == "counts all 120 rows"
    assert said(test=0.25) == "counts the 30 rows held out"
    many = said(data=f"blobs:classes=3,n={COUNTED + 1}", iterations=1)
    assert many == f"counts {COUNTED} of 5\N{THIN SPACE}001 rows"
    view = confusion_of(test=0.25, iterations=3)
    held = load("blobs:classes=4", test=0.25).held
    assert held is not None
    np.testing.assert_array_equal(
        view.table(3).sum(axis=1), np.bincount(held.values.astype(int), minlength=4)
    )


def test_a_stronger_shade_is_a_larger_share() -> None:
    view = confusion_of(iterations=0)
    cells = view.cells.to(np.array([[8, 2], [0, 10]]))
    colours = cells.colours().astype(int)
    away = np.abs(colours[..., :3] - 255).sum(axis=-1)
    assert away[1, 1] > away[0, 0] > away[0, 1] > away[1, 0]


@pytest.mark.parametrize("size", [(640, 480), (960, 540), (1280, 720)])
def test_ten_classes_can_be_read(size: tuple[int, int]) -> None:
    view = confusion_of(data="digits", size=size, iterations=3)
    labels = [mark for mark in view.update(Moment(3)) if isinstance(mark, Label)]
    assert len(labels) == 100
    box = view.axes.bbox
    assert all(label.mask.shape[1] < box.width / 10 for label in labels)
    assert labels[0].size * 0.73 < box.height / 10
    assert labels[0].size >= 11 * size[1] / 540 or labels[0].size >= 9


def test_classes_are_named_and_too_many_are_refused() -> None:
    view = confusion_of(data="digits:classes=3", iterations=1)
    words = [mark.text for mark in view.still() if isinstance(mark, Label)]
    assert words[:6] == ["0", "1", "2", "2", "1", "0"]  # along the foot, and upwards
    with pytest.raises(GdanimError, match="shows a model of 2 to 10 classes, and this one has 1 feat"):
        plan(Spec(data="line", view="confusion"))
    kinds = [kind.name for kind in plan(Spec(data="digits", iterations=1)).layout.kinds]
    assert kinds == ["confusion", "history"]
