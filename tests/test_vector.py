"""A moment as a picture on its own: lines and text where the frame has pixels."""

import io
import re
import zlib
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from PIL import Image

from gdanim import GdanimError
from gdanim.render import Picture
from gdanim.timeline import Moment
from gdanim.views import VIEWS
from gdanim.views.base import DPI
from gdanim.views.glyphs import LIFT, Glyphs
from gdanim.views.marks import Arrow, Dots, Label, Stroke
from gdanim.views.words import outline_of, words_of
from tests.pictures import picture, suited

SVG = "{http://www.w3.org/2000/svg}"
RASTER = {
    "basins": 1,
    "boundary": 1,
    "confusion": 1,
    "table": 2,
    "weights": 11,
}  # how many images a view shows
CASES: dict[str, dict[str, Any]] = {
    **{name: {**suited(kind, "quadratic", "himmelblau"), "view": name} for name, kind in VIEWS.items()},
    "orbit": {"loss": "rosenbrock", "view": "surface", "orbit": 90.0, "theme": "dark"},
    "field": {"loss": "bowl", "view": "contour", "field": True, "size": (481, 321)},
    "grid": {"loss": "bowl", "optimizer": ("gd", "adam"), "grid": True, "size": (640, 480)},
    "away": {"learning_rate": 1.1, "scale": 1.5},
    "fraction": {"loss": "sqrt(w^2+1) + w^2/3", "view": "curve"},
}


def saved(shown: Picture, format: str, moment: Moment) -> bytes:
    file = io.BytesIO()
    shown.save(moment, file, format)
    return file.getvalue()


def texts_of(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def places_of(svg: ElementTree.Element) -> list[list[float]]:
    """Where words begin, and formulas."""
    movers = [
        element.get("transform", "") for element in svg.iter() if element.tag in (f"{SVG}text", f"{SVG}g")
    ]
    moved = [re.findall(r"-?[\d.]+", mover)[:2] for mover in movers if mover.startswith("translate")]
    placed = [[text.get("x"), text.get("y")] for text in svg.iter(f"{SVG}text") if text.get("x")]
    return [[float(number or "nan") for number in place] for place in (*moved, *placed)]


@pytest.mark.parametrize("case", CASES)
def test_svg_has_text_and_lines_at_the_size_of_the_picture(case: str) -> None:
    shown = picture(**CASES[case])
    height, width, _ = shown.image.shape
    svg = ElementTree.fromstring(saved(shown, "svg", Moment(5, 0.5)))
    assert svg.get("viewBox") == f"0 0 {width} {height}"
    assert (svg.get("width"), svg.get("height")) == (f"{width}pt", f"{height}pt")
    texts = texts_of(svg)
    assert {"Gradient", "descent", "minimise", "5"} <= set(texts)
    assert len(list(svg.iter(f"{SVG}image"))) == RASTER.get(CASES[case].get("view", ""), 0)
    for x, y in places_of(svg):
        assert 0 <= x <= width
        assert 0 <= y <= height


@pytest.mark.parametrize("case", CASES)
def test_pdf_has_text_in_truetype_at_the_size_of_the_picture(case: str) -> None:
    shown = picture(**CASES[case])
    height, width, _ = shown.image.shape
    pdf = saved(shown, "pdf", Moment(5, 0.5))
    box = re.search(rb"/MediaBox \[ ?([\d. ]+?) ?\]", pdf)
    assert box is not None
    assert [float(number) for number in box[1].split()] == [0, 0, width, height]
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert pdf.count(b"/Subtype /Image") == RASTER.get(CASES[case].get("view", ""), 0)
    shown_text = b""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if b" TJ" in content or b" Tj" in content:
            shown_text += b"".join(re.findall(rb"\(((?:\\.|[^\\()])*)\)", content, re.DOTALL))
    for word in (b"Gradient", b"descent", b"minimise"):
        assert word in shown_text.replace(b"\0", b"")


@pytest.mark.parametrize("case", CASES)
def test_png_is_the_frame_and_nothing_is_changed_by_saving(case: str) -> None:
    shown, moment = picture(**CASES[case]), Moment(3, 0.25)
    frame = shown.frame(moment).copy()
    for format in ("svg", "png"):
        content = saved(shown, format, moment)
        assert np.array_equal(shown.frame(moment), frame)
    with Image.open(io.BytesIO(content)) as image:
        assert np.array_equal(np.asarray(image), frame)


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_a_moment_has_the_same_bytes_whatever_was_saved_before(format: str) -> None:
    shown = picture(loss="bowl", view="contour+history")
    first = saved(shown, format, Moment(4))
    frame = shown.frame(Moment(9)).copy()
    assert saved(shown, format, Moment(4)) == first
    assert np.array_equal(shown.frame(Moment(9)), frame)
    assert saved(picture(loss="bowl", view="contour+history"), format, Moment(4)) == first


def test_a_format_that_cannot_be_saved_is_refused() -> None:
    with pytest.raises(GdanimError, match="format: unknown format 'pgd'; did you mean 'png'"):
        picture().save(Moment(0), io.BytesIO(), "pgd")


def test_the_ball_stands_where_its_pixels_do() -> None:
    shown, moment = picture(start=(5.0,), learning_rate=0.5, view="curve"), Moment(0, 0.75)
    frame = shown.frame(moment)
    accent = np.array([int(shown.scene.theme.now[i : i + 2], 16) for i in (1, 3, 5)])
    x, y = shown.views[0].to_pixels(3.5, 4.5)[0]  # half of the step from (5, 9) to (2, 0)
    assert (frame[round(len(frame) - y), round(x), :3] == accent).all()
    svg = ElementTree.fromstring(saved(shown, "svg", moment))
    places = [(float(u.get("x", 0)), float(u.get("y", 0))) for u in svg.iter(f"{SVG}use")]
    assert any(np.hypot(a - x, len(frame) - b - y) < 0.01 for a, b in places)


@pytest.mark.parametrize("size", [10.8, 14.0, 28.0])
@pytest.mark.parametrize("face", ["normal", "bold"])
@pytest.mark.parametrize(
    "text",
    [
        "Gradient descent to minimise",
        "  5.000 − 0.1·6.000",
        "$(w-2)^2$",
        r"at $\frac{1}{2}w_1^2$",
        "$\\frac$",
    ],
)
def test_outlines_cover_what_the_mask_covers(text: str, face: str, size: float) -> None:
    glyphs = Glyphs(size, face)
    mask = glyphs.mask(text) > 63
    outlines = []
    for word in words_of(text, glyphs):
        origin = np.array([word.left, glyphs.baseline + LIFT])
        outlines.append(origin + outline_of(word).get_extents().get_points())
    (left, low), (right, high) = np.min(outlines, axis=(0, 1)), np.max(outlines, axis=(0, 1))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    # The mask's letters are moved to whole pixels and hinted, which moves an edge by a pixel or two.
    assert left == pytest.approx(columns[0], abs=2)
    assert right == pytest.approx(columns[-1] + 1, abs=2)
    assert low == pytest.approx(glyphs.height - rows[-1] - 1, abs=2)
    assert high == pytest.approx(glyphs.height - rows[0], abs=2)


def test_marks_on_svg_have_their_own_width_colour_dashes_and_clip() -> None:
    figure = Figure(figsize=(200 / DPI, 100 / DPI), dpi=DPI)
    axes = figure.add_axes((0.1, 0.1, 0.5, 0.5))
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # type: ignore[dict-item, unused-ignore]
        renderer = RendererSVG(200, 100, file)
        Stroke(axes, "#112233", width=2.5, dashes=(4.0, 3.0)).to(np.array([[0.0, 50], [90, 50]])).draw(
            renderer
        )
        Dots(None, "#445566", size=10.0, edge="#ffffff", width=1.5).to(np.array([[40.0, 30]])).draw(renderer)
        Arrow(None, "#778899", width=3.0, head=9.0).to((10, 10), (90, 10)).draw(renderer)
        Label(Glyphs(14.0), "#aa0000", anchor="right", halo="#00bb00").to("word", (150, 20)).draw(renderer)
        renderer.finalize()
    svg = ElementTree.fromstring(file.getvalue())
    paths = [path for path in svg.iter(f"{SVG}path") if path.get("style")]
    styles = [path.get("style", "") for path in paths]
    (dashed,) = (path for path in paths if "#112233" in path.get("style", ""))
    assert "stroke-dasharray: 4,3" in dashed.get("style", "")
    assert "stroke-width: 2.5" in dashed.get("style", "")
    assert dashed.get("clip-path") or any("clip-path" in group.attrib for group in svg.iter(f"{SVG}g"))
    (dot,) = svg.iter(f"{SVG}use")
    assert (dot.get("x"), dot.get("y")) == ("40", "70")
    assert "fill: #445566" in dot.get("style", "")
    assert any("#778899" in style and "stroke-width: 3" in style for style in styles)
    assert any("fill: #778899" in style for style in styles)
    assert any("fill: #00bb00" in style for style in styles)
    (word,) = svg.iter(f"{SVG}text")
    assert word.text == "word"
    assert "fill: #aa0000" in word.get("style", "")
    assert places_of(svg) == [[150 - Glyphs(14.0).width("word"), 79]]


def test_a_pixel_is_a_point_for_every_size() -> None:
    sizes = np.arange(1, 7681)
    assert np.array_equal(sizes / DPI * DPI, sizes)
    for width in (320, 481, 1366, 7680):
        figure = Figure(figsize=(width / DPI, 49 / DPI), dpi=DPI)
        assert tuple(figure.bbox.size) == (width, 49)


def test_a_line_is_as_wide_as_it_says() -> None:
    renderer = RendererAgg(40, 40, DPI)
    Stroke(None, "#000000", width=10.0).to(np.array([[-20.0, 20.0], [60.0, 20.0]])).draw(renderer)
    assert float(np.asarray(renderer.buffer_rgba())[:, 20, 3].sum() / 255) == pytest.approx(10.0, abs=0.05)


@pytest.mark.parametrize("iterations", [0, 1, 2, 3, 7, 8, 24, 999])
def test_iterations_are_counted_in_whole_numbers(iterations: int) -> None:
    (history,) = picture(view="history", iterations=iterations).views
    ticks = history.ticks("x", (-0.03 * max(1, iterations), 1.03 * max(1, iterations)), 7)
    assert len(ticks) >= 2
    assert all(tick == round(tick) for tick in ticks)
    assert ticks[0] == 0


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.5, 2000.0, 7, [1, 10, 100, 1000]),
        (0.5, 40.0, 7, [0.5, 1, 2, 5, 10, 20]),
        (3.0, 8.0, 7, [3, 4, 5, 6, 7, 8]),
        (1e-9, 2.0, 4, [1e-9, 1e-6, 1e-3, 1]),
        (1e-9, 2.0, 2, [1e-9, 1]),
    ],
)
def test_ticks_on_a_log_axis(low: float, high: float, most: float, expected: list[float]) -> None:
    (history,) = picture(view="history", log=False).views
    history.axes.set_yscale("log")
    assert history.ticks("y", (low, high), most) == pytest.approx(expected, rel=1e-12)
