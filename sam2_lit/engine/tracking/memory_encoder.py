"""SAM 2's memory encoder, for many objects of one frame at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from sam2.modeling.memory_encoder import CXBlock
from torch import Tensor, nn
from torch.nn import functional as F

from sam2_lit.engine.device.graphs import TensorFunction, as_graph


@dataclass(frozen=True, eq=False)
class _Cut:
    """The rows of the features as shares, those of the mask that they come from, and what runs of each share."""

    rows: list[slice]
    mask_rows: list[slice]
    halve: list[TensorFunction] = field(default_factory=list)
    join: list[TensorFunction] = field(default_factory=list)
    fuse: list[list[TensorFunction]] = field(default_factory=list)


class MemoryEncoder:
    """The features of `SAM2Base._encode_new_memory` for tracked frames, equal up to rounding.

    What the image gives is computed once for all objects. What runs between two moments at which a click may go first
    is one graph (`graphs.py`). Where there are two cores, the upper rows and the lower ones are two shares, each with a
    thread of its own (`helper_thread.py`) from one block of the fuser to the next.
    """

    def __init__(self, predictor: Any, *, compiled: bool = False) -> None:
        """`compiled` puts the parts through torch.compile in place of tracing them, whole: each shape takes seconds."""
        self._predictor = predictor
        self._encoder = predictor.memory_encoder
        self._stages = _stages(self._encoder.mask_downsampler.encoder)
        self._blocks = list(self._encoder.fuser.layers)

        def captured(function: Callable[..., Any], *examples: Tensor) -> Any:
            return torch.compile(function) if compiled else as_graph(function, *examples)

        device, side, size = predictor.device, predictor.sam_image_embedding_size, predictor.image_size
        self._halo = self._blocks[0].dwconv.padding[0] if self._can_be_cut() else 0
        logits = torch.zeros(2, 1, size, size, device=device)
        top = torch.zeros(1, predictor.hidden_dim, side, side, device=device)

        def cut(rows: list[slice]) -> _Cut:
            mask_rows = [slice(self._first_mask_row(each.start), each.stop * (size // side)) for each in rows]
            made = _Cut(rows, mask_rows)
            joined = []
            for share, (each, of_mask) in enumerate(zip(rows, mask_rows, strict=True)):
                halved = self._first_stage(share, logits[:, :, of_mask])
                joined.append(self._last_stages(share, halved, top[:, :, each]))
                made.halve.append(captured(partial(self._first_stage, share), logits[:, :, of_mask]))
                made.join.append(captured(partial(self._last_stages, share), halved, top[:, :, each]))
            fused = self._whole_block if len(rows) == 1 else self._fused
            for block in self._blocks:
                made.fuse.append([captured(partial(fused, block), each) for each in self._windows(made, joined)])
            return made

        self._whole = cut([slice(0, side)])
        halves = [slice(0, side // 2), slice(side // 2, side)]
        self._halves = cut(halves) if device.type == "cpu" and not compiled and self._halo else None
        features = self._encoder.fuser.proj(self._encoder.pix_feat_proj(top))
        self._finish = captured(self._finished, features.expand(2, -1, -1, -1), torch.zeros(2, 1, device=device))

    def __call__(self, top: Tensor, image_logits: Tensor, object_scores: Tensor) -> Tensor:
        """What later frames remember of B objects, bfloat16 [B, M, h, w].

        Args:
            top: the frame's features of stride 16, [1, C, h, w].
            image_logits: the objects' masks, logits [B, 1, S, S].
            object_scores: [B, 1], logits.
        """
        helper, preemption_point = self._predictor.helper, self._predictor.preemption_point
        # It rounds the same either way: a row of the result is the same sums in the same order.
        cut = self._halves if self._halves and helper.is_there else self._whole
        preemption_point()
        parts = helper.share([partial(self._joined, cut, each, top, image_logits) for each in range(len(cut.rows))])
        for block in cut.fuse:
            preemption_point()
            windows = self._windows(cut, parts)
            parts = helper.share([partial(fuse, window) for fuse, window in zip(block, windows, strict=True)])
        features: Tensor = self._finish(torch.cat(parts, dim=2), object_scores)
        return features

    def _joined(self, cut: _Cut, share: int, top: Tensor, image_logits: Tensor) -> Tensor:
        """The rows of a share as the fuser takes them."""
        halved = cut.halve[share](image_logits[:, :, cut.mask_rows[share]])
        self._predictor.preemption_point()
        made: Tensor = cut.join[share](halved, top[:, :, cut.rows[share]])
        return made

    def _windows(self, cut: _Cut, parts: list[Tensor]) -> list[Tensor]:
        """Each share's rows with those around it that a block's convolution reads, zeros beyond the edge."""
        if len(cut.rows) == 1:
            return parts
        batch, channels, _, width = parts[0].shape
        edge = parts[0].new_zeros(batch, self._halo, width, channels).permute(0, 3, 1, 2)
        padded = torch.cat([edge, *parts, edge], dim=2)
        return [padded[:, :, rows.start : rows.stop + 2 * self._halo] for rows in cut.rows]

    def _can_be_cut(self) -> bool:
        """Whether it is built as SAM 2's are: a stage halves the mask, and a block keeps its size."""
        halving = ((3, 3), (2, 2), (1, 1))
        convs: list[Any] = [stage[0] for stage in self._stages]
        halves = all((conv.kernel_size, conv.stride, conv.padding) == halving for conv in convs[:-1])
        return halves and all(
            isinstance(block, CXBlock) and block.dwconv.kernel_size[0] == 2 * block.dwconv.padding[0] + 1
            for block in self._blocks
        )

    def _first_mask_row(self, row: int) -> int:
        """The first row of the mask that row `row` of the features comes from; edges are padded."""
        for _ in self._stages[:-1]:
            row = max(0, 2 * row - 1)
        return row

    def _stage(self, index: int, share: int, masks: Tensor) -> Tensor:
        """A stage of the mask downsampler; a share that has rows above it has them in `masks`."""
        conv: Any
        conv, *others = self._stages[index]
        if share > 0 and index < len(self._stages) - 1:
            masks = F.conv2d(masks, conv.weight, conv.bias, conv.stride, (0, conv.padding[1]))
        else:
            masks = conv(masks)
        for module in others:
            masks = module(masks)
        return masks

    def _first_stage(self, share: int, image_logits: Tensor) -> Tensor:
        predictor = self._predictor
        masks = torch.sigmoid(image_logits) * predictor.sigmoid_scale_for_mem_enc + predictor.sigmoid_bias_for_mem_enc
        return self._stage(0, share, masks)

    def _last_stages(self, share: int, masks: Tensor, top: Tensor) -> Tensor:
        for index in range(1, len(self._stages)):
            masks = self._stage(index, share, masks)
        joined: Tensor = self._encoder.fuser.proj(self._encoder.pix_feat_proj(top) + masks)
        return joined

    @staticmethod
    def _whole_block(block: Any, x: Tensor) -> Tensor:
        made: Tensor = block(x)
        return made

    def _fused(self, block: Any, window: Tensor) -> Tensor:
        """CXBlock.forward of the rows in the middle of a window."""
        conv = block.dwconv
        x = F.conv2d(window, conv.weight, conv.bias, padding=(0, conv.padding[1]), groups=conv.groups)
        x = block.pwconv2(block.act(block.pwconv1(block.norm(x).permute(0, 2, 3, 1))))
        if block.gamma is not None:
            x = block.gamma * x
        made: Tensor = window[:, :, self._halo : -self._halo] + x.permute(0, 3, 1, 2)
        return made

    def _finished(self, x: Tensor, object_scores: Tensor) -> Tensor:
        features = self._encoder.out_proj(x)
        absent = self._predictor.no_obj_embed_spatial
        if absent is not None:
            is_absent = 1 - (object_scores > 0).to(features.dtype)
            features = features + is_absent[..., None, None] * absent[..., None, None]
        made: Tensor = features.to(torch.bfloat16)
        return made


def _stages(downsampler: nn.Sequential) -> list[nn.Sequential]:
    """The mask downsampler's modules, each convolution with the norm and the activation that follow it."""
    modules = list(downsampler)
    return [nn.Sequential(*modules[start : start + 3]) for start in range(0, len(modules), 3)]
