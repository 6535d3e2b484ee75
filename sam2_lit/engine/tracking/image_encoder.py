"""Encodes a frame to the features that tracking any object on it needs."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.graphs import compiled as as_compiled
from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.device.torch_private import has_fused_convolutions
from sam2_lit.engine.tracking.fused_trunk import FusedTrunk
from sam2_lit.pocket.trunk import EfficientNetLite0


@dataclass(frozen=True, eq=False)
class FrameEmbedding:
    """A frame's features. C is the model's width, h and w its image size over 16; dtypes are the encoder's.

    - high_resolution: () or ([1, C/8, 4h, 4w], [1, C/4, 2h, 2w]), stride 4 and 8, as the mask decoder takes them.
    - top: [1, C, h, w], stride 16.
    - self_attended: [1, h * w, C], `top` after the first self-attention of the memory attention, where no object's
      memory has entered yet.
    """

    high_resolution: tuple[Tensor, ...]
    top: Tensor
    self_attended: Tensor

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return (*self.high_resolution, self.top, self.self_attended)

    @property
    def nbytes(self) -> int:
        return sum(tensor.nbytes for tensor in self.tensors)


class ImageEncoder:
    """`SAM2Base.forward_image` for one image, equal up to rounding. SAM 2's image encoder is called inside it.

    Levels 0 and 1 pass through two 1x1 convolutions in sequence, the neck's and the mask decoder's, which here are one,
    their product. Position encodings, equal for every image, are left out.
    """

    def __init__(
        self, predictor: Any, kernels: Kernels, *, compiled: bool = False, uninterrupted: bool = False
    ) -> None:
        """`compiled` puts the trunk through torch.compile, except where oneDNN's fused convolutions run it faster.

        `uninterrupted` leaves out the points at which a click may preempt.
        """
        encoder = predictor.image_encoder
        self._neck = encoder.neck
        self._scalp = encoder.scalp
        self._trunk = encoder.trunk
        if isinstance(self._trunk, EfficientNetLite0) and predictor.device.type == "cpu" and has_fused_convolutions():
            self._trunk = FusedTrunk(self._trunk, predictor.image_size, kernels, predictor.preemption_point)
        elif compiled:
            self._trunk = as_compiled(self._trunk, predictor.device, dynamic=False)
        elif not uninterrupted:
            for block in self._trunk.blocks:
                block.register_forward_pre_hook(lambda *_: predictor.preemption_point())
        self._shortcuts: list[tuple[Tensor, Tensor]] = []
        if predictor.use_high_res_features_in_sam:
            decoder = predictor.sam_mask_decoder
            dtype = predictor.compute_dtype
            for level, conv in enumerate((decoder.conv_s0, decoder.conv_s1)):
                weight, bias = _in_sequence(self._neck.convs[-1 - level].conv, conv)
                self._shortcuts.append((weight.to(dtype), bias.to(dtype)))

    def __call__(self, image: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """`high_resolution` and `top` of a `FrameEmbedding`, for an image [1, 3, S, S]."""
        maps = self._trunk(image)
        high_resolution = tuple(F.conv2d(maps[level], *both) for level, both in enumerate(self._shortcuts))
        levels: dict[int, Tensor] = {}
        above: Tensor | None = None
        neck = self._neck
        for level in reversed(range(len(maps))):
            if level < len(high_resolution) and level not in neck.fpn_top_down_levels:
                continue
            lateral = neck.convs[-1 - level](maps[level])
            if level in neck.fpn_top_down_levels and above is not None:
                align = None if neck.fpn_interp_model == "nearest" else False
                raised = F.interpolate(
                    above.float(), scale_factor=2.0, mode=neck.fpn_interp_model, align_corners=align, antialias=False
                )
                lateral = lateral + raised
                if neck.fuse_type == "avg":
                    lateral = lateral / 2
            above = levels[level] = lateral
        top = levels[len(maps) - 1 - self._scalp]
        return high_resolution, top


def _in_sequence(first: Any, second: Any) -> tuple[Tensor, Tensor]:
    """Weight and bias of the 1x1 convolution that equals two in sequence."""
    # On the CPU, since MPS has no float64.
    parameters = (first.weight, first.bias, second.weight, second.bias)
    before, before_bias, after, after_bias = (each.detach().cpu().double() for each in parameters)
    bias = after.flatten(1) @ before_bias + after_bias
    weight = after.flatten(1) @ before.flatten(1)
    return weight[:, :, None, None].to(second.weight), bias.to(second.weight)
