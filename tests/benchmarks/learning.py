"""Training beside the same mathematics in bare numpy, and frames of what models are shown with."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from gdanim import Spec, descend
from gdanim.data import load
from gdanim.losses.base import Array
from gdanim.losses.models import make_model
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment

FRAMES = 60
SHOWN: list[dict[str, Any]] = [
    {"data": "line", "view": "fit"},
    {"data": "line", "view": "fit+contour"},
    {"data": "line", "view": "fit", "squares": True, "batch_size": 4},
    {"data": "moons", "model": "mlp", "view": "boundary"},
    {"data": "spiral:classes=5", "model": "mlp", "view": "boundary"},
    {"data": "digits", "view": "confusion"},
    {"data": "digits", "view": "weights"},
    {"data": "moons", "test": 0.3, "view": "history"},
    {"data": "moons", "model": "mlp", "view": "network", "beats": False},
    {"data": "moons", "model": "mlp:hidden=16x16", "view": "network", "beats": False},
    {"data": "text", "model": "next-word", "view": "words"},
    {"data": "text", "model": "next-word", "view": "words+embedding"},
    {"data": "text", "model": "next-word:model=bigram", "view": "words+table"},
]
REACH = {"network": 8}  # milliseconds a frame; of others 6


def net(steps: int = 2000, rate: float = 0.3) -> tuple[Callable[[], Array], Callable[[], Array]]:
    """The default mlp on moons, and a loop with its backward pass written out."""
    table = load("moons")
    loss = make_model("mlp", table)
    x, y = table.features, table.values[:, None]

    def ours() -> Array:
        return np.asarray(descend(loss, learning_rate=rate, iterations=steps).theta[-1])

    def bare() -> Array:
        theta = np.array(loss.start)
        w1, b1 = theta[:16].reshape(8, 2), theta[16:24]
        w2, b2 = theta[24:88].reshape(8, 8), theta[88:96]
        w3, b3 = theta[96:104].reshape(1, 8), theta[104:]
        for _ in range(steps):
            h1 = np.tanh(x @ w1.T + b1)
            h2 = np.tanh(h1 @ w2.T + b2)
            d3 = (1 / (1 + np.exp(-h2 @ w3.T - b3)) - y) / len(y)
            d2 = (d3 @ w3) * (1 - h2 * h2)
            d1 = (d2 @ w2) * (1 - h1 * h1)
            for part, slope in ((w1, d1.T @ x), (w2, d2.T @ h1), (w3, d3.T @ h2)):
                part -= rate * slope
            for part, slope in ((b1, d1.sum(0)), (b2, d2.sum(0)), (b3, d3.sum(0))):
                part -= rate * slope
        return theta

    return ours, bare


def words(steps: int = 2000, rate: float = 0.3) -> tuple[Callable[[], Array], Callable[[], Array]]:
    """The default model of the next word, and a loop with its backward pass written out."""
    table = load("text")
    loss = make_model("next-word", table)
    v = len(table.classes)
    before, after = table.before(2).features.astype(int), np.eye(v)[table.values.astype(int)]  # type: ignore[attr-defined]
    ends = np.cumsum([2 * v, 32, 8, 8 * v, v])

    def ours() -> Array:
        return np.asarray(descend(loss, learning_rate=rate, iterations=steps).theta[-1])

    def bare() -> Array:
        theta = np.array(loss.start)
        e, u, a, w, b = np.split(theta, ends[:-1])
        e, u, w = e.reshape(v, 2), u.reshape(8, 4), w.reshape(v, 8)
        for _ in range(steps):
            x = e[before].reshape(-1, 4)
            h = np.tanh(x @ u.T + a)
            p = np.exp(h @ w.T + b)
            d2 = (p / p.sum(1, keepdims=True) - after) / len(after)
            d1 = (d2 @ w) * (1 - h * h)
            back = np.zeros_like(e)
            np.add.at(back, before, (d1 @ u).reshape(-1, 2, 2))
            parts = ((w, d2.T @ h), (b, d2.sum(0)), (u, d1.T @ x), (a, d1.sum(0)), (e, back))
            for part, slope in parts:
                part -= rate * slope
        return theta

    return ours, bare


def line(rows: int = 100_000, steps: int = 200) -> tuple[Callable[[], Array], Callable[[], Array]]:
    """A line through many rows, and the loop over the normal formula."""
    table = load(f"line:n={rows}")
    loss = make_model("linear", table)
    x, y = np.column_stack([table.features, np.ones(rows)]), table.values

    def ours() -> Array:
        return np.asarray(descend(loss, learning_rate=0.1, iterations=steps).theta[-1])

    def bare() -> Array:
        w = np.zeros(2)
        for _ in range(steps):
            w = w - 0.1 * (2 / rows) * (x.T @ (x @ w - y))
        return w

    return ours, bare


def main(pairs: int) -> None:
    for name, (ours, bare), reach in (
        ("mlp, 2,000 steps / bare loop", net(), 2.0),
        ("next-word, 2,000 steps / bare loop", words(), 2.5),
        ("linear, 100,000 rows × 200 steps / bare loop", line(), 1.5),
    ):
        np.testing.assert_allclose(ours(), bare(), rtol=1e-6)
        ratios = []
        for _ in range(pairs):
            start = time.perf_counter()
            ours()
            middle = time.perf_counter()
            bare()
            ratios.append((middle - start) / (time.perf_counter() - middle))
        print(f"{name:58} × {statistics.median(ratios):.2f}   reach ≤ {reach:g}")
    for settings in SHOWN:
        picture = Picture(plan(Spec.from_data({**settings, "size": [640, 480], "iterations": FRAMES})))
        for k in range(FRAMES):
            picture.frame(Moment(k))
        start = time.process_time()
        for k in range(FRAMES):
            picture.frame(Moment(k))
        each = 1000 * (time.process_time() - start) / FRAMES
        view = str(settings["view"])
        what = f"{view} of {settings['data']} {settings.get('model', '')}"
        print(f"{what:58} {each:.2f} ms a frame   reach ≤ {REACH.get(view, 6)}")
