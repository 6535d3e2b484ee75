"""Decoded frames as RGB, the way a player shows them."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.readers.orientation import Matrix, swaps_sides, upright
from sam2_lit.media.readers.tone_mapping import is_hdr, tone_mapped

# Of a pixel, width to height: beyond these it is taken for a mistake.
_FLATTEST, _TALLEST = Fraction(10), Fraction(1, 10)


@dataclass(frozen=True)
class Display:
    """What is done to the frames of a stream.

    Attributes:
        coded_size: (width, height) of the decoder's output.
        square_size: (width, height) with square pixels, before rotation.
        matrix: the display matrix.
        deinterlace: whether interlaced frames are deinterlaced, each by itself.
    """

    coded_size: tuple[int, int]
    square_size: tuple[int, int]
    matrix: Matrix
    deinterlace: bool

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames as shown."""
        width, height = self.square_size
        return (height, width) if swaps_sides(self.matrix) else (width, height)

    def rgb(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """A frame as shown: RGB uint8 [height, width, 3], of standard dynamic range, transparent pixels on black."""
        if self.deinterlace and frame.interlaced_frame:
            frame = _deinterlaced(frame)
        has_alpha = any(component.is_alpha for component in frame.format.components)
        if self.square_size != self.coded_size:
            width, height = self.square_size
            frame = frame.reformat(width, height, interpolation=Interpolation.BICUBIC)
        if is_hdr(frame):
            image = tone_mapped(frame)
        elif has_alpha:
            pixels = frame.to_ndarray(format="rgba").astype(np.uint16)
            image = ((pixels[..., :3] * pixels[..., 3:] + 127) // 255).astype(np.uint8)
        else:
            image = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
        return upright(image, self.matrix)


def square_size(coded_size: tuple[int, int], stream: VideoStream) -> tuple[int, int]:
    """The (width, height) that shows frames with square pixels: the longer side of a pixel stretches the frame.

    Stretched sides are even, as codecs of most players need.
    """
    width, height = coded_size
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if aspect == 1 or not _TALLEST <= aspect <= _FLATTEST:
        return coded_size
    return (2 * round(width * aspect / 2), height) if aspect > 1 else (width, 2 * round(height / aspect / 2))


def _deinterlaced(frame: VideoFrame) -> VideoFrame:
    """A frame whose second field is interpolated from the first: frames around it, which may move, are not needed."""
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000))
    deinterlace, sink = graph.add("estdif", "mode=frame:deint=interlaced"), graph.add("buffersink")
    source.link_to(deinterlace)
    deinterlace.link_to(sink)
    graph.configure()
    graph.push(frame)
    graph.push(None)
    deinterlaced = graph.pull()
    assert isinstance(deinterlaced, VideoFrame)
    return deinterlaced
