"""Pictures of high dynamic range on a screen of standard range."""

from functools import cache

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, ColorTrc
from numpy.typing import NDArray

# White on paper, in cd/m2 (ITU-R BT.2408, 2.1), and the brightest that is still told apart.
_WHITE, _PEAK = 203.0, 1000.0
# Relative to white: below the knee light stays as it is, above it rolls off to white at the peak.
_KNEE = 0.6
_CODES = 4096
# From BT.2020's primaries to BT.709's (ITU-R BT.2087, annex 2 inverted).
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float32
)


def is_hdr(frame: VideoFrame) -> bool:
    """Whether a frame has a high dynamic range: Perceptual Quantizer or Hybrid Log-Gamma (ITU-R BT.2100)."""
    return frame.color_trc in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)


def tone_mapped(frame: VideoFrame) -> NDArray[np.uint8]:
    """A frame of high dynamic range as RGB uint8 [height, width, 3] of BT.709."""
    rgb = frame.reformat(format="rgb48le", src_colorspace=Colorspace.BT2020).to_ndarray()
    codes = rgb.astype(np.uint16, copy=False) >> 4
    light: NDArray[np.float32] = _light(int(frame.color_trc))[codes] @ _TO_BT709.T
    np.maximum(light, 0, out=light)
    brightest = light.max(axis=2, keepdims=True)
    light *= _rolled_off(brightest) / np.maximum(brightest, 1e-6)
    mapped: NDArray[np.uint8] = _gamma()[np.round(light * (_CODES - 1)).astype(np.uint16)]
    return mapped


@cache
def _light(transfer: int) -> NDArray[np.float32]:
    """Light relative to white by code (BT.2100, tables 4 and 5); of HLG, each color's system gamma by itself."""
    code = np.arange(_CODES) / (_CODES - 1)
    if transfer == ColorTrc.SMPTE2084:
        root = code ** (1 / 78.84375)
        light = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    else:
        scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        light = _PEAK * scene**1.2
    return (light / _WHITE).astype(np.float32)


def _rolled_off(light: NDArray[np.float32]) -> NDArray[np.float32]:
    # Reinhard et al. 2002, equation 4, above the knee, where its slope is 1.
    span = 1 - _KNEE
    peak = (_PEAK / _WHITE - _KNEE) / span
    above = np.clip((light - _KNEE) / span, 0, peak)
    rolled: NDArray[np.float32] = np.minimum(light, _KNEE) + span * above * (1 + above / peak**2) / (1 + above)
    return rolled


@cache
def _gamma() -> NDArray[np.uint8]:
    """The value of a pixel by its light (ITU-R BT.1886)."""
    return np.round(255 * (np.arange(_CODES) / (_CODES - 1)) ** (1 / 2.4)).astype(np.uint8)
