"""Paths from numpy's files, read without ever loading a Python object, and no larger than they say."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from numpy.lib import format as npy

from gdanim.errors import GdanimError, shortened
from gdanim.losses.base import Array
from gdanim.paths.base import LARGEST, Run

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_npz(data: bytes) -> list[Run]:
    """The array `theta`, or the only one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            arrays = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            if not arrays:
                raise GdanimError("holds no array")
            if "theta" not in arrays and len(arrays) > 1:
                listed = shortened(", ".join(arrays))
                raise GdanimError(f"holds several arrays ({listed}) and none of them is called theta")
            info = arrays.get("theta") or next(iter(arrays.values()))
            with archive.open(info) as member:
                content = member.read(LARGEST + 1)  # whatever size it claims to have
    except GdanimError:
        raise
    except Exception as error:  # zipfile lets out whatever its decompressors raise
        raise GdanimError(f"is not an npz file that can be read ({_said(error)})") from None
    if len(content) > LARGEST:
        raise GdanimError(f"holds an array larger than {LARGEST // 2**20} MiB")
    return read_npy(content)


def read_npy(data: bytes) -> list[Run]:
    """One array of real numbers, (T+1,) or (T+1, n)."""
    stream = io.BytesIO(data)
    try:
        version = npy.read_magic(stream)
        shape, fortran, dtype = HEADERS[version](stream)
    except KeyError:
        raise GdanimError("holds an array whose format is not read; save it with numpy.savez") from None
    except Exception as error:  # the header is parsed as Python's literals, with all their errors
        raise GdanimError(f"holds no array that can be read ({_said(error)})") from None
    if dtype.hasobject or dtype.kind not in "fiu":
        kind = "Python objects" if dtype.hasobject else f"{dtype} values"
        raise GdanimError(f"holds {kind}, not real numbers")
    if len(shape) not in (1, 2):
        raise GdanimError(f"holds an array of shape {shape}, not (T+1,) or (T+1, n)")
    content = data[stream.tell() :]
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    if min(shape) < 0 or len(content) != count * dtype.itemsize:
        raise GdanimError(
            f"holds an array of {len(content)} bytes, and its shape {shape} needs {count * dtype.itemsize}"
        )
    array = np.frombuffer(content, dtype=dtype, count=count).reshape(shape, order="F" if fortran else "C")
    with np.errstate(over="ignore"):  # a long double too large is infinite then, and refused for it
        theta: Array = array.astype(np.float64)
    return [Run(theta[:, None] if theta.ndim == 1 else theta, None, "")]


def _said(error: Exception) -> str:
    lines = str(error).splitlines()
    return shortened(lines[0]) if lines else type(error).__name__
