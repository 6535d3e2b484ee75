"""Encodes masks to spatial memory, for many objects of one frame at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from sam2.modeling.memory_encoder import CXBlock
from torch import Tensor, nn
from torch.nn import functional as F

from sam2_lit.engine.device.graphs import TensorFunction, as_graph
from sam2_lit.engine.device.graphs import compiled as as_compiled
from sam2_lit.engine.tracking.graphed_function import TensorsFunction


@dataclass(frozen=True, eq=False)
class _Split:
    """The rows of the features in parts, the mask's rows that each depends on, and the graphs of each part."""

    rows: list[slice]
    mask_rows: list[slice]
    first_stage: list[TensorFunction] = field(default_factory=list)
    other_stages: list[TensorFunction] = field(default_factory=list)
    blocks: list[list[TensorFunction]] = field(default_factory=list)


class MemoryEncoder:
    """The features of `SAM2Base._encode_new_memory` for tracked frames, equal up to rounding.

    The weights are those of SAM 2's module of the same name. The image's features are projected once for all objects.
    What runs between two points at which a click may preempt is one graph (`graphs.py`). With two cores, the upper and
    the lower rows are two parts, each computed by a thread of its own (`helper_thread.py`) from one block of the fuser
    to the next.
    """

    def __init__(self, predictor: Any, *, compiled: bool = False, cuda_graphs: bool = False) -> None:
        """`compiled` uses torch.compile in place of graphs, and no parts, since compiling takes seconds a shape.

        `cuda_graphs` replays all of it as CUDA graphs (`graphed_function.py`): then a click cannot run within it.
        """
        self._predictor = predictor
        self._encoder = predictor.memory_encoder
        self._stages = _stages(self._encoder.mask_downsampler.encoder)
        self._blocks = list(self._encoder.fuser.layers)

        def as_function(function: Callable[..., Any], *examples: Tensor) -> Any:
            return as_compiled(function, predictor.device) if compiled else as_graph(function, *examples)

        device, side, size = predictor.device, predictor.sam_image_embedding_size, predictor.image_size
        self._halo = self._blocks[0].dwconv.padding[0] if self._can_be_split() else 0
        logits = torch.zeros(2, 1, size, size, device=device)
        top = torch.zeros(1, predictor.hidden_dim, side, side, dtype=predictor.kept_dtype, device=device)

        def split(rows: list[slice]) -> tuple[_Split, Tensor]:
            """The graphs of these parts, and an example of what the last block returns."""
            mask_rows = [slice(self._first_mask_row(each.start), each.stop * (size // side)) for each in rows]
            graphs = _Split(rows, mask_rows)
            outputs = []
            for part, (each, of_mask) in enumerate(zip(rows, mask_rows, strict=True)):
                masks = self._first_stage(part, logits[:, :, of_mask])
                outputs.append(self._other_stages(part, masks, top[:, :, each]))
                graphs.first_stage.append(as_function(partial(self._first_stage, part), logits[:, :, of_mask]))
                graphs.other_stages.append(as_function(partial(self._other_stages, part), masks, top[:, :, each]))
            run_block = self._whole_block if len(rows) == 1 else self._block_of_window
            for block in self._blocks:
                windows = self._windows(graphs, outputs)
                graphs.blocks.append([as_function(partial(run_block, block), window) for window in windows])
                outputs = [run_block(block, window) for window in windows]
            return graphs, torch.cat(outputs, dim=2)

        self._whole, fused = split([slice(0, side)])
        halves = [slice(0, side // 2), slice(side // 2, side)]
        self._halves = split(halves)[0] if device.type == "cpu" and not compiled and self._halo else None
        self._finish = as_function(self._finished, fused, torch.zeros(2, 1, device=device))
        self._pause: Callable[[], None] = (lambda: None) if cuda_graphs else predictor.preemption_point
        self._encode: TensorsFunction = predictor.graphed(self._encoded) if cuda_graphs else self._encoded

    def __call__(self, top: Tensor, image_logits: Tensor, object_scores: Tensor) -> Tensor:
        """The spatial memory of B objects, bfloat16 [B, M, h, w].

        Args:
            top: the frame's features of stride 16, [1, C, h, w].
            image_logits: the objects' masks, logits [B, 1, S, S].
            object_scores: [B, 1], logits.
        """
        self._predictor.preemption_point()
        [features] = self._encode(top, image_logits, object_scores)
        return features

    def _encoded(self, top: Tensor, image_logits: Tensor, object_scores: Tensor) -> tuple[Tensor, ...]:
        helper = self._predictor.helper
        # Both round the same: each row of the result is the same sums in the same order.
        split = self._halves if self._halves and helper.is_available else self._whole
        parts = helper.run_parts(
            [partial(self._stages_of, split, part, top, image_logits) for part in range(len(split.rows))]
        )
        for block in split.blocks:
            self._pause()
            windows = self._windows(split, parts)
            parts = helper.run_parts([partial(run, window) for run, window in zip(block, windows, strict=True)])
        return (self._finish(torch.cat(parts, dim=2), object_scores),)

    def _stages_of(self, split: _Split, part: int, top: Tensor, image_logits: Tensor) -> Tensor:
        """The rows of a part as the fuser takes them: downsampled masks plus the image's features."""
        masks = split.first_stage[part](image_logits[:, :, split.mask_rows[part]])
        self._pause()
        fused: Tensor = split.other_stages[part](masks, top[:, :, split.rows[part]])
        return fused

    def _windows(self, split: _Split, parts: list[Tensor]) -> list[Tensor]:
        """Each part's rows with those around them that a block's convolution reads, zeros beyond the edge."""
        if len(split.rows) == 1:
            return parts
        batch, channels, _, width = parts[0].shape
        edge = parts[0].new_zeros(batch, self._halo, width, channels).permute(0, 3, 1, 2)
        padded = torch.cat([edge, *parts, edge], dim=2)
        return [padded[:, :, rows.start : rows.stop + 2 * self._halo] for rows in split.rows]

    def _can_be_split(self) -> bool:
        """Whether it has the shapes of SAM 2's models: each stage halves the mask, and each block keeps its size."""
        halving = ((3, 3), (2, 2), (1, 1))
        convs: list[Any] = [stage[0] for stage in self._stages]
        halves = all((conv.kernel_size, conv.stride, conv.padding) == halving for conv in convs[:-1])
        return halves and all(
            isinstance(block, CXBlock) and block.dwconv.kernel_size[0] == 2 * block.dwconv.padding[0] + 1
            for block in self._blocks
        )

    def _first_mask_row(self, row: int) -> int:
        """The first row of the mask that row `row` of the features depends on."""
        for _ in self._stages[:-1]:
            row = max(0, 2 * row - 1)
        return row

    def _stage(self, index: int, part: int, masks: Tensor) -> Tensor:
        """A stage of the mask downsampler. Above the rows of a later part, `masks` has the row that it depends on."""
        conv: Any
        conv, *others = self._stages[index]
        if part > 0 and index < len(self._stages) - 1:
            masks = F.conv2d(masks, conv.weight, conv.bias, conv.stride, (0, conv.padding[1]))
        else:
            masks = conv(masks)
        for module in others:
            masks = module(masks)
        return masks

    def _first_stage(self, part: int, image_logits: Tensor) -> Tensor:
        predictor = self._predictor
        masks = torch.sigmoid(image_logits) * predictor.sigmoid_scale_for_mem_enc + predictor.sigmoid_bias_for_mem_enc
        return self._stage(0, part, masks)

    def _other_stages(self, part: int, masks: Tensor, top: Tensor) -> Tensor:
        for index in range(1, len(self._stages)):
            masks = self._stage(index, part, masks)
        fused: Tensor = self._encoder.fuser.proj(self._encoder.pix_feat_proj(top) + masks)
        return fused

    @staticmethod
    def _whole_block(block: Any, x: Tensor) -> Tensor:
        output: Tensor = block(x)
        return output

    def _block_of_window(self, block: Any, window: Tensor) -> Tensor:
        """CXBlock.forward for the rows in the middle of a window."""
        conv = block.dwconv
        x = F.conv2d(window, conv.weight, conv.bias, padding=(0, conv.padding[1]), groups=conv.groups)
        x = block.pwconv2(block.act(block.pwconv1(block.norm(x).permute(0, 2, 3, 1))))
        if block.gamma is not None:
            x = block.gamma * x
        output: Tensor = window[:, :, self._halo : -self._halo] + x.permute(0, 3, 1, 2)
        return output

    def _finished(self, x: Tensor, object_scores: Tensor) -> Tensor:
        features = self._encoder.out_proj(x)
        absent = self._predictor.no_obj_embed_spatial
        if absent is not None:
            is_absent = 1 - (object_scores > 0).to(features.dtype)
            features = features + is_absent[..., None, None] * absent[..., None, None]
        memory: Tensor = features.to(torch.bfloat16)
        return memory


def _stages(downsampler: nn.Sequential) -> list[nn.Sequential]:
    """The mask downsampler's modules in stages: a convolution, and the norm and the activation that follow it."""
    modules = list(downsampler)
    return [nn.Sequential(*modules[start : start + 3]) for start in range(0, len(modules), 3)]
