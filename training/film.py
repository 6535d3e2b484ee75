"""What a camera does to a clip: exposure, blur, noise and compression. All on (T, 3, H, W) float in 0 to
1."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.motion import smooth_path


def expose(clip: Tensor, rng: np.random.Generator, times: np.ndarray) -> Tensor:
    """Contrast, saturation and gamma for the clip; brightness that drifts from frame to frame."""
    gray = clip.mean(1, keepdim=True)
    clip = gray + (clip - gray) * rng.uniform(0.5, 1.3)
    clip = 0.5 + (clip - 0.5) * rng.uniform(0.6, 1.15)
    drift = torch.tensor(1 + np.clip(smooth_path(rng, times, 0.003, 0.03), -0.4, 0.4)).float()
    return (clip * drift.view(-1, 1, 1, 1)).clamp(1e-3, 1) ** rng.uniform(0.7, 1.5)


def blur(clip: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur of `sigma` pixels."""
    reach = max(1, math.ceil(2.5 * sigma))
    kernel = torch.exp(-(torch.arange(-reach, reach + 1).float() ** 2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).expand(3, 1, -1)
    padded = functional.pad(clip, (reach, reach, reach, reach), mode="reflect")
    rows = functional.conv2d(padded, kernel[..., None], groups=3)
    return functional.conv2d(rows, kernel[:, :, None], groups=3)


def compress(clip: Tensor, step: float) -> Tensor:
    """What JPEG does to each 8 x 8 block: cosine coefficients rounded to `step`, coarser where finer."""
    order = torch.arange(8).float()
    cosines = torch.cos((2 * order[None] + 1) * order[:, None] * math.pi / 16) * 0.5
    cosines[0] /= math.sqrt(2)
    steps = step * (1 + 0.5 * (order[:, None] + order[None]))
    high, wide = clip.shape[2] // 8, clip.shape[3] // 8
    whole = clip[..., : 8 * high, : 8 * wide]
    blocks = whole.reshape(*clip.shape[:2], high, 8, wide, 8).transpose(3, 4)
    rounded = torch.round(cosines @ blocks @ cosines.T / steps) * steps
    restored = (cosines.T @ rounded @ cosines).transpose(3, 4).flatten(4, 5).flatten(2, 3)
    out = clip.clone()
    out[..., : 8 * high, : 8 * wide] = restored
    return out


def shoot(clip: Tensor, rng: np.random.Generator, times: np.ndarray) -> Tensor:
    """The clip as a camera of random quality would have stored it."""
    clip = expose(clip, rng, times)
    if rng.random() < 0.4:
        clip = blur(clip, rng.uniform(0.4, 1.4) * clip.shape[2] / 256)
    if rng.random() < 0.4:
        seeded = torch.Generator().manual_seed(int(rng.integers(2**31)))
        clip = clip + rng.uniform(0.005, 0.04) * torch.randn(clip.shape, generator=seeded)
    if rng.random() < 0.6:
        clip = compress(clip, rng.uniform(0.01, 0.12))
    return clip.clamp(0, 1)


def smear(clip: Tensor, dx: np.ndarray, dy: np.ndarray, taps: int = 5) -> Tensor:
    """(T, C, H, W): the mean of `taps` copies of each frame, shifted by whole pixels along (`dx`, `dy`), (T,) each:
    motion blur with the unblurred frame in its middle."""
    if max(np.abs(dx).max(), np.abs(dy).max()) < 1:
        return clip
    frames = []
    for frame, right, down in zip(clip, dx, dy, strict=True):
        reach = math.ceil(max(abs(right), abs(down)) / 2)
        padded = functional.pad(frame[None], (reach,) * 4, mode="replicate")[0]
        total = torch.zeros_like(frame)
        for share in np.linspace(-0.5, 0.5, taps):
            top, left = reach - round(share * down), reach - round(share * right)
            total += padded[:, top : top + frame.shape[1], left : left + frame.shape[2]]
        frames.append(total / taps)
    return torch.stack(frames)
