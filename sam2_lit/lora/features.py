"""The mask decoder's inputs for one object on one frame."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class DecoderFeatures:
    """The inputs of SAM 2's mask decoder for one object on one frame that was tracked without prompts.

    The decoder's other inputs are the same for every frame and stay with the model: the position encoding
    (`model.sam_prompt_encoder.get_dense_pe()`) and the embeddings of "no prompt".

    - image_embedding: [1, C, h, w], any float dtype; features of stride 16, conditioned on memory
      (`pix_feat` of `SAM2Base._track_step`).
    - high_resolution: () or ([1, C/8, 4h, 4w], [1, C/4, 2h, 2w]), features of stride 4 and 8
      (`high_res_features` of `SAM2Base._track_step`).
    - multimask: whether the tracker took the best of the decoder's three masks on this frame
      (`SAM2Base._use_multimask`) rather than its single one.
    """

    image_embedding: Tensor
    high_resolution: tuple[Tensor, ...]
    multimask: bool

    @property
    def mask_size(self) -> tuple[int, int]:
        """Height and width of the decoder's mask logits: (4h, 4w)."""
        height, width = self.image_embedding.shape[-2:]
        return 4 * height, 4 * width

    @property
    def nbytes(self) -> int:
        return self.image_embedding.nbytes + sum(level.nbytes for level in self.high_resolution)
