"""SAM 2's memory encoder, for many objects of one frame at once."""

from typing import Any

import torch
from torch import Tensor, nn

from sam2_lit.engine.traced import traced


class MemoryWriter:
    """The features of `SAM2Base._encode_new_memory` for tracked frames, equal up to rounding.

    What the image gives is computed once for all objects. What runs between two moments at which a click may go first
    is one graph (`traced.py`).
    """

    def __init__(self, predictor: Any, *, compiled: bool = False) -> None:
        """`compiled` puts the parts through torch.compile in place of tracing them."""
        self._predictor = predictor
        self._encoder = predictor.memory_encoder
        self._stages = _stages(self._encoder.mask_downsampler.encoder)

        def captured(function: Any, *examples: Tensor) -> Any:
            return torch.compile(function) if compiled else traced(function, *examples)

        device, side = predictor.device, predictor.sam_image_embedding_size
        image_logits = torch.zeros(2, 1, predictor.image_size, predictor.image_size, device=device)
        top = torch.zeros(1, predictor.hidden_dim, side, side, device=device)
        halved = self._first_stage(image_logits)
        self._halve = captured(self._first_stage, image_logits)
        self._join = captured(self._last_stages, halved, top)
        self._fuse = captured(self._fused, self._last_stages(halved, top), torch.zeros(2, 1, device=device))

    def __call__(self, top: Tensor, image_logits: Tensor, object_scores: Tensor) -> Tensor:
        """What later frames remember of B objects, bfloat16 [B, M, h, w].

        Args:
            top: the frame's features of stride 16, [1, C, h, w].
            image_logits: the objects' masks, logits [B, 1, S, S].
            object_scores: [B, 1], logits.
        """
        between_parts = self._predictor.between_parts
        between_parts()
        halved = self._halve(image_logits)
        between_parts()
        joined = self._join(halved, top)
        between_parts()
        features: Tensor = self._fuse(joined, object_scores)
        return features

    def _first_stage(self, image_logits: Tensor) -> Tensor:
        predictor = self._predictor
        masks = torch.sigmoid(image_logits) * predictor.sigmoid_scale_for_mem_enc + predictor.sigmoid_bias_for_mem_enc
        made: Tensor = self._stages[0](masks)
        return made

    def _last_stages(self, masks: Tensor, top: Tensor) -> Tensor:
        for stage in self._stages[1:]:
            masks = stage(masks)
        joined: Tensor = self._encoder.fuser.proj(self._encoder.pix_feat_proj(top) + masks)
        return joined

    def _fused(self, x: Tensor, object_scores: Tensor) -> Tensor:
        for layer in self._encoder.fuser.layers:
            x = layer(x)
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
