"""MP4: H.264 through imageio's pyav plugin, in colours that every player reads alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from av import VideoFrame
from av.video.reformatter import VideoReformatter
from imageio.plugins.pyav import PyAVPlugin

from gdanim.output.palette import Pixels
from gdanim.timeline import Clock

BT709 = 1  # the number of its primaries, transfer function and matrix alike (ITU-T H.273)
LIMITED = 1  # 16 … 235
# On these pictures "veryfast" is twice as fast as the default at the same size and quality.
OPTIONS = {"preset": "veryfast", "crf": "17", "bf": "0"}


class Mp4Plugin(PyAVPlugin):
    """imageio's plugin with quality, colours and durations set.

    Untagged video is read with one matrix below HD and with another above: here the conversion and
    the tags both say BT.709. A frame that lasts longer is a later next time stamp, not a repetition.
    Odd sizes, which 4:2:0 video cannot hold, are widened by repeating the last row or column.

    Args:
        request: imageio's, for a file that can seek.
        fps: frames per second.
    """

    def __init__(self, request: Any, *, fps: float) -> None:
        super().__init__(request, container="mp4", options={"movflags": "+faststart"})
        self.init_video_stream("libx264", fps=fps, pixel_format="yuv420p")
        self._video_stream.options = OPTIONS
        context = self._video_stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED
        self._clock = Clock(fps)
        self._convert = VideoReformatter().reformat
        self._last: VideoFrame | None = None
        self._shown = 1  # ticks for which the last frame is shown

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8; shown for `seconds`."""
        frame = VideoFrame.from_numpy_buffer(_even(ndimage), format="rgba")
        self._last = self._convert(
            frame,
            format="yuv420p",
            dst_colorspace=BT709,
            dst_color_range=LIMITED,
            dst_color_trc=BT709,
            dst_color_primaries=BT709,
        )
        self._send(self._last)
        self._shown = self._clock.tick(seconds)
        self.frames_written += self._shown

    def close(self) -> None:
        """Show the last frame until its time is up, then finish the file."""
        if self._last is not None and self._shown > 1:
            self.frames_written -= 1
            self._send(self._last)
        self._last = None
        super().close()

    def _send(self, frame: VideoFrame) -> None:
        stream = self._video_stream
        if not stream.codec_context.is_open:
            stream.width, stream.height = frame.width, frame.height
        frame.pts, frame.time_base = self.frames_written, 1 / stream.codec_context.framerate
        for packet in stream.encode(frame):
            self._container.mux(packet)


def _even(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
