"""MP4 and WebM: H.264 and VP9 by PyAV, as imageio plugins, in colours that every player reads alike."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import av
import imageio.v3 as iio
import numpy as np
from av import VideoFrame
from av.video.reformatter import VideoReformatter

from gdanim.metadata import NOTHING, RECIPE, Metadata
from gdanim.output.palette import Pixels
from gdanim.output.plugin import Plugin
from gdanim.output.writer import Writer
from gdanim.timeline import Clock

if TYPE_CHECKING:
    from gdanim.formats import Job

BT709 = 1  # the number of its primaries, transfer function and matrix alike (ITU-T H.273)
LIMITED = 1  # 16 … 235
# On these pictures "veryfast" is twice as fast as the default at the same size and quality.
OPTIONS = {"preset": "veryfast", "crf": "17", "bf": "0"}
# Left to choose its instructions on a machine with AVX-512, x264 now and then wrote other bytes for the same
# frames where the process had encoded another video before (one in seven; never without mbtree, nor with
# any older set named). With these, as fast here, none of 60.
if platform.machine() in ("x86_64", "AMD64"):
    OPTIONS["x264-params"] = "asm=sse4.2"
# x264 divides its work by the number of its threads, and what it writes differs with it: always the
# same one, so that every machine writes the same. More than two gain no time here; files grow with them.
THREADS = 2
# The conversion of colours too; releases of PyAV that cannot be told use one.
CONVERTERS = {"threads": 1} if "threads" in (VideoReformatter.reformat.__doc__ or "") else {}

OPAQUE, CLEAR = "yuv420p", "yuva420p"
GREY = 128  # of what is far from any mark
FINE = 1000  # ticks a second where frames last something else than whole frame periods
NEARLY = 0.002  # seconds by which a frame may come early or late
LONGEST = 65_535  # of a fraction's terms


# VP9's quick ways are as good as its slow ones on these pictures, and told that they show a screen a sixth
# smaller. Frames kept back for a look ahead gain nothing. So near to the best, all frames are as close to
# what was drawn as those of an MP4, and flat colours within 3 of 255.
# Its bytes depend on whether rows are divided among threads, but not on how many share the columns.
VP9 = {
    "deadline": "realtime",
    "cpu-used": "6",
    "tune-content": "screen",
    "lag-in-frames": "0",
    "row-mt": "0",
    "tile-columns": "1",
    "crf": "20",
    "b": "0",
}


class VideoPlugin(Plugin):
    """Writes a video frame by frame, with quality, colours and durations set.

    Untagged video is read with one matrix below HD and with another above: here the conversion and
    the tags both say BT.709. A frame that lasts longer is a later next time stamp, not a repetition.
    Odd sizes, which 4:2:0 video cannot hold, are widened by repeating the last row or column.

    Attributes:
        container, codec: PyAV's names of the kind of file and of the encoder.
        muxing, encoding: options of both.
        prompt: whether a frame is encoded before the next is known; what its file says of its time is then
            as long as it is shown.
        stream: PyAV's, into which it encodes.

    Args:
        request: imageio's, for a file.
        fps: frames per second.
        durations: of the frames that will be written, in seconds, where they are not all as long.
        metadata: what the file says of itself.
        clear: whether pixels may be transparent.
    """

    container: str
    codec: str
    muxing: Mapping[str, str]
    encoding: Mapping[str, str]
    prompt = False

    def __init__(
        self,
        request: Any,
        *,
        fps: float,
        durations: Iterable[float] = (),
        metadata: Metadata = NOTHING,
        clear: bool = False,
    ) -> None:
        super().__init__(request)
        self._last: VideoFrame | None = None
        self._container: Any = None  # abandoned even where it could not be opened
        # By its name: what libav cannot write to a file of Python's it may not tell, or not as an OSError.
        self._container = av.open(
            request.get_local_filename(), "w", format=self.container, options=dict(self.muxing)
        )
        self._container.metadata.update(metadata.named("title", "description", RECIPE))
        rate = max(Fraction(fps).limit_denominator(LONGEST), Fraction(1, LONGEST))
        ticks = ticks_of(rate, durations)
        self.stream = self._container.add_stream(self.codec, rate, options=dict(self.encoding))
        self.stream.time_base = 1 / ticks
        self._clear = clear
        self.stream.pix_fmt = CLEAR if clear else OPAQUE
        context = self.stream.codec_context
        if ticks != rate:
            context.time_base = 1 / ticks
        context.thread_count = THREADS
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED
        self._tick = 1 / ticks
        self._clock = Clock(float(ticks))
        self._convert = VideoReformatter().reformat
        self._next = 0  # the tick at which the next frame is shown
        self._shown = 1  # ticks for which the last frame is shown

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8; shown for `seconds`."""
        pixels = spread(_even(ndimage)) if self._clear else _even(ndimage)
        frame = VideoFrame.from_numpy_buffer(pixels, format="rgba")
        self._last = self._convert(
            frame,
            format=self.stream.pix_fmt,
            dst_colorspace=BT709,
            dst_color_range=LIMITED,
            dst_color_trc=BT709,
            dst_color_primaries=BT709,
            **CONVERTERS,
        )
        self._shown = self._clock.tick(seconds)
        self._container.mux(self._encoded(self._last))
        self._next += self._shown

    def _finish(self) -> None:
        """Show the last frame until its time is up, then finish the file."""
        if self._last is not None:
            packets = []
            if self._shown > 1:
                self._next -= 1
                packets = self._encoded(self._last)
            packets += self.stream.encode(None)
            if packets:  # libav takes it for a whole frame period
                packets[-1].duration = 1
            self._container.mux(packets)
        self._container.close()
        self.request.finish()

    def _abandon(self) -> None:
        # libav finishes a file when it is closed, whatever happened: not one that is no longer there.
        with suppress(OSError):
            os.unlink(self.request.get_local_filename())
        with suppress(Exception):
            self._container.close()
        self.request.finish()

    def _encoded(self, frame: VideoFrame) -> list[Any]:
        stream = self.stream
        if not stream.codec_context.is_open:
            stream.width, stream.height = frame.width, frame.height
        frame.pts, frame.time_base = self._next, self._tick
        packets: list[Any] = stream.encode(frame)
        for packet in packets if self.prompt else ():
            packet.duration = self._shown
        return packets


class Mp4Plugin(VideoPlugin):
    """Writes an MP4."""

    container, codec = "mp4", "libx264"
    muxing, encoding = (
        MappingProxyType({"movflags": "+faststart+use_metadata_tags"}),
        MappingProxyType(OPTIONS),
    )


class WebmPlugin(VideoPlugin):
    """Writes a WebM, whose names and numbers are not drawn by lot."""

    container, codec = "webm", "libvpx-vp9"
    muxing, encoding = MappingProxyType({"fflags": "+bitexact"}), MappingProxyType(VP9)
    prompt = True


def opened(path: Path, job: Job) -> Writer:
    """What writes an MP4 there."""
    return _opened(path, job, Mp4Plugin)


def opened_webm(path: Path, job: Job) -> Writer:
    """What writes a WebM there."""
    return _opened(path, job, WebmPlugin)


def _opened(path: Path, job: Job, plugin: type[VideoPlugin]) -> Writer:
    writer: Writer = iio.imopen(
        path,
        "w",
        plugin=plugin,
        fps=job.fps,
        durations=job.durations,
        metadata=job.metadata,
        clear=job.clear,
    )
    return writer


def ticks_of(rate: Fraction, durations: Iterable[float]) -> Fraction:
    """Ticks a second with which no frame comes early or late: the frame rate where that will do.

    >>> ticks_of(Fraction(2), [0.5, 0.5, 2.5]), ticks_of(Fraction(1, 5), [5.0, 7.0])
    (Fraction(2, 1), Fraction(1000, 1))
    """
    ticks, time = float(rate), 0.0
    for seconds in durations:
        time += seconds
        if abs(round(time * ticks) / ticks - time) > NEARLY:
            return Fraction(FINE)
    return rate


def spread(pixels: Pixels) -> Pixels:
    """The same with the colours of marks a little beyond their edges, where nothing is seen of them.

    4:2:0 video has one colour for four pixels: half of a mark's edge would take on that of nothing.
    """
    colours, known = pixels.copy(), pixels[..., 3] > 0
    for axis in (0, 1, 0, 1, 0, 1):
        for step in (1, -1):
            fresh = np.roll(known, step, axis) & ~known
            colours[fresh, :3] = np.roll(colours, step, axis)[fresh, :3]
            known |= fresh
    colours[~known, :3] = GREY
    return colours


def _even(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
