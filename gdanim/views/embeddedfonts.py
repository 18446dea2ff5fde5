"""The fonts in a PDF, cut to the glyphs that it shows in a fraction of the time that fontTools takes."""

from __future__ import annotations

import importlib.util
import inspect
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from gdanim.views.truetype import subset


class Subset(NamedTuple):
    """Some glyphs of a font, as matplotlib asks for them.

    Attributes:
        font: the file's bytes.
        glyph_index_map: the number of each glyph in it, by that in the whole font.
    """

    font: bytes
    glyph_index_map: dict[int, int]


@contextmanager
def cut_quickly() -> Iterator[None]:
    """Within the block matplotlib cuts fonts of TrueType outlines by our subset, and others as it does.

    Releases before 3.11 ask by characters, and not by glyphs: nothing is changed there.
    """
    _load_later("fontTools.subset")
    import matplotlib.backends.backend_pdf as backend

    fonts: Any = vars(backend)["_backend_pdf_ps"]
    theirs, as_file = fonts.get_glyphs_subset, fonts.font_as_file
    if "glyphs" not in inspect.signature(theirs).parameters:
        yield
        return
    fonts.get_glyphs_subset, fonts.font_as_file = _cut(theirs), _as_file(as_file)
    try:
        yield
    finally:
        fonts.get_glyphs_subset, fonts.font_as_file = theirs, as_file


def _cut(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def cut(fontfile: str, glyphs: Iterable[int]) -> AbstractContextManager[Any]:
        glyphs = set(glyphs)
        found = subset(Path(fontfile).read_bytes(), glyphs)
        return theirs(fontfile, glyphs) if found is None else nullcontext(Subset(*found))

    return cut


def _as_file(theirs: Callable[[Any], io.BytesIO]) -> Callable[[Any], io.BytesIO]:
    return lambda font: io.BytesIO(font) if isinstance(font, bytes) else theirs(font)


def _load_later(name: str) -> None:
    """Have a module load when something in it is asked for, and not where it is only imported."""
    package, _, module = name.rpartition(".")
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[name] = later = importlib.util.module_from_spec(spec)
    setattr(sys.modules[package], module, later)
    spec.loader.exec_module(later)
