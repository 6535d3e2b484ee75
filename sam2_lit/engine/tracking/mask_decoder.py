"""Decodes the masks of tracked frames, which have no prompts, for many objects of one frame at once."""

from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam2_lit.engine.device.graphs import as_graph
from sam2_lit.engine.device.graphs import compiled as as_compiled
from sam2_lit.engine.tracking.graphed_function import TensorsFunction
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.weight_precision import with_cast_weights
from sam2_lit.lora.decode import NO_OBJECT_LOGIT, unprompted_embeddings
from sam2_lit.lora.layers import Adapter, adapted_decoder


@dataclass(frozen=True, eq=False)
class DecodedObjects:
    """The mask decoder's output for B objects on a tracked frame. S is the model's image size.

    - logits: [B, 1, 4h, 4w] float32, over 0 is the object; -1024 everywhere where it is absent.
    - image_logits: [B, 1, S, S], the same logits interpolated.
    - pointers: [B, C], object pointers.
    - object_scores: [B, 1], logits; over 0 the object is in the frame.
    - predicted_ious: [B], 0 to 1.
    """

    logits: Tensor
    image_logits: Tensor
    pointers: Tensor
    object_scores: Tensor
    predicted_ious: Tensor

    def replaced(self, index: int, by: "DecodedObjects") -> "DecodedObjects":
        """These, with `by`, a batch of one, in place of object `index`."""
        pairs = ((getattr(self, each.name), getattr(by, each.name)) for each in fields(self))
        return DecodedObjects(*(torch.cat([every[:index], one, every[index + 1 :]]) for every, one in pairs))


class MaskDecoder:
    """`SAM2Base._forward_sam_heads` without prompts. SAM 2's mask decoder is called inside it."""

    def __init__(self, predictor: Any, *, compiled: bool = False, cuda_graphs: bool = False) -> None:
        """`compiled` puts decoding without an adapter through torch.compile.

        `cuda_graphs` replays it as CUDA graphs (`graphed_function.py`).
        """
        self._predictor = predictor
        # Adapters are frozen, so a decoder that uses one stays valid as long as the adapter exists.
        self._adapted: WeakKeyDictionary[Adapter, nn.Module] = WeakKeyDictionary()
        self.multimask = bool(
            predictor.multimask_output_in_sam
            and predictor.multimask_output_for_tracking
            and predictor.multimask_min_pt_num <= 0 <= predictor.multimask_max_pt_num
        )
        side, width = predictor.sam_image_embedding_size, predictor.hidden_dim
        shapes = [(width, side)]
        if predictor.use_high_res_features_in_sam:
            shapes += [(width // 8, 4 * side), (width // 4, 2 * side)]
        dtype, device = predictor.kept_dtype, predictor.device
        examples = [torch.zeros(2, channels, size, size, dtype=dtype, device=device) for channels, size in shapes]
        decode = partial(self._decode, self._own_decoder())
        self._graph = as_compiled(decode, predictor.device) if compiled else as_graph(decode, *examples)
        self._decode_shared: TensorsFunction = self._decode_group
        if cuda_graphs:
            self._decode_shared = predictor.graphed(self._decode_group)

    def __call__(
        self, embedding: FrameEmbedding, conditioned: Tensor, adapter: Adapter | None = None
    ) -> DecodedObjects:
        """Decodes B objects from the frame's features [B, C, h, w] conditioned on the memory of each.

        With an adapter B is 1, and the mask decoder uses the adapter.
        """
        if adapter is not None:
            decoder = self._adapted.get(adapter)
            if decoder is None:
                decoder = self._adapted[adapter] = adapted_decoder(self._predictor.sam_mask_decoder, adapter)
            return DecodedObjects(*self._decode(decoder, conditioned, *embedding.high_resolution))
        half = len(conditioned) // 2
        # In halves on one core too, since a matrix product may round differently for another number of rows.
        on_cpu = self._predictor.device.type == "cpu"
        groups = [conditioned[:half], conditioned[half:]] if half and on_cpu else [conditioned]
        levels = embedding.high_resolution
        parts = self._predictor.helper.run_parts([partial(self._decode_shared, group, *levels) for group in groups])
        return DecodedObjects(*(parts[0] if len(parts) == 1 else map(torch.cat, zip(*parts, strict=True))))

    def _unprompted(self, batch: int) -> tuple[Tensor, Tensor]:
        """`unprompted_embeddings`; on a GPU from the first ones, so that a frame launches nothing for them."""
        if self._predictor.device.type == "cpu":
            return unprompted_embeddings(self._predictor, batch)
        sparse, dense = self._unprompted_once
        return sparse.expand(batch, -1, -1), dense.expand(batch, -1, -1, -1)

    @cached_property
    def _unprompted_once(self) -> tuple[Tensor, Tensor]:
        return unprompted_embeddings(self._predictor)

    def _own_decoder(self) -> nn.Module:
        """SAM 2's mask decoder, with its weights in the precision that the device computes in."""
        decoder: nn.Module = self._predictor.sam_mask_decoder
        dtype = self._predictor.compute_dtype
        return decoder if dtype is torch.float32 else with_cast_weights(decoder, dtype)

    def _decode_group(self, conditioned: Tensor, *levels: Tensor) -> tuple[Tensor, ...]:
        """As `_decode`, with the levels of the frame, which are the same for all objects."""
        decoded: tuple[Tensor, ...] = self._graph(
            conditioned, *(level.expand(len(conditioned), -1, -1, -1) for level in levels)
        )
        return decoded

    def _decode(self, decoder: nn.Module, conditioned: Tensor, *levels: Tensor) -> tuple[Tensor, ...]:
        """The tensors of `DecodedObjects`, in its order."""
        predictor = self._predictor
        # A graph takes the batch size from `size`; `len` would be a constant of it.
        batch = conditioned.size(0)
        sparse, dense = self._unprompted(batch)
        masks, ious, tokens, scores = decoder(
            image_embeddings=conditioned,
            image_pe=predictor.sam_prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=self.multimask,
            repeat_image=False,
            high_res_features=list(levels) or None,
        )
        if predictor.pred_obj_scores:
            masks = torch.where((scores > 0)[:, None, None], masks, NO_OBJECT_LOGIT)
        logits, token = masks.float(), tokens[:, 0]
        # Interpolating only the mask selected would round differently.
        size = (predictor.image_size, predictor.image_size)
        image_logits = F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
        if self.multimask:
            rows, best = torch.arange(batch, device=conditioned.device), torch.argmax(ious, dim=-1)
            logits, image_logits = logits[rows, best].unsqueeze(1), image_logits[rows, best].unsqueeze(1)
            if predictor.use_multimask_token_for_obj_ptr:
                token = tokens[rows, best]
        return logits, image_logits, self._pointers(token, scores), scores, ious.float().amax(dim=-1)

    def _pointers(self, tokens: Tensor, scores: Tensor) -> Tensor:
        """Object pointers [B, C] of mask tokens [B, C], with SAM 2's pointer of an absent object mixed in."""
        predictor = self._predictor
        pointers: Tensor = predictor.obj_ptr_proj(tokens)
        if predictor.pred_obj_scores:
            appearing = scores.sigmoid() if predictor.soft_no_obj_ptr else (scores > 0).float()
            if predictor.fixed_no_obj_ptr:
                pointers = appearing * pointers
            pointers = pointers + (1 - appearing) * predictor.no_obj_ptr
        return pointers
