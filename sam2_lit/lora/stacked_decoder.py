"""SAM 2's mask decoder as a function of several adapters' weights at once.

The module in `sam2.modeling.sam.mask_decoder` runs one set of weights. Training and comparing candidates need the same
computation in another shape: weights are arguments, stacked over K adapters; what no adapter changes is computed once;
and the order of products suits few tokens and many pixels. Results equal the module's up to rounding, as tests check.
The module is only read, and no gradient reaches its weights.

The order of products. In an attention of T tokens (8) to N pixels (256 to 4096) the module projects every pixel:
`(q Wq) (x Wk)^T`. Here each head's projection is applied to the tokens: `((q Wq) Wk^T) x^T`, and for the values
`(P x) Wv` in place of `P (x Wv)`. Two products with heads * T rows remain of four projections of N pixels, and an
adapter costs nothing per pixel. The bias of the keys adds the same to every score of a row, which softmax ignores; the
bias of the values is added unchanged, since each row of P sums to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.lora.adapter_stack import Stacking, Weights
from sam2_lit.lora.decode import DecodedMask, unprompted_embeddings
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.mask_selection import candidate_masks, select_masks
from sam2_lit.lora.pixel_order import from_pixel_order, to_pixel_order
from sam2_lit.lora.precision import float32


@dataclass(frozen=True, eq=False)
class PreparedFeatures:
    """What no adapter changes of a frame, float32, one row a pixel (`pixel_order.py`).

    - pixels: [1, N, C] and pixel_positions: [1, N, C]; N = h * w.
    - level_8: [1, N, 4, C/4], level_4: [1, 4N, 4, C/8]: the high-resolution features plus the bias of the
      transposed convolution that they are added to; the bias alone, [C/4] and [C/8], where there are none.
    """

    pixels: Tensor
    pixel_positions: Tensor
    level_8: Tensor
    level_4: Tensor
    multimask: bool
    mask_size: tuple[int, int]


@dataclass(frozen=True, eq=False)
class StackedMasks:
    """- logits: [K, 16N], in pixel order (`pixel_order.py`); predicted_iou: [K]; object_score: [K], a logit."""

    logits: Tensor
    predicted_iou: Tensor
    object_score: Tensor


class StackedDecoder:
    """Arranges a model's decoder weights once, for one training or one bank. `stacking` makes its weights."""

    def __init__(self, model: SAM2Base) -> None:
        self.model = model
        self.decoder: Any = model.sam_mask_decoder
        self.heads: int = self.decoder.transformer.num_heads
        with float32(model.device, gradients=False):
            self.stacking = Stacking(self.decoder)
            self._arrange_tokens()
            self._arrange_upscaling()

    @property
    def pixel_count(self) -> int:
        """N: the pixels that the decoder's transformer works on."""
        return self._positions.shape[1]

    def _arrange_tokens(self) -> None:
        decoder = self.decoder
        sparse, self._dense = (t.detach() for t in unprompted_embeddings(self.model))
        embeddings = [decoder.obj_score_token.weight] if decoder.pred_obj_scores else []
        embeddings += [decoder.iou_token.weight, decoder.mask_tokens.weight]
        self._tokens = torch.cat([torch.cat(embeddings)[None], sparse], dim=1).detach()
        self._positions = to_pixel_order(self.model.sam_prompt_encoder.get_dense_pe().detach(), 0)
        layers = zip(*(mlp.layers for mlp in decoder.output_hypernetworks_mlps), strict=True)
        self._hyper = [
            (
                torch.stack([one.weight.detach().mT for one in layer]),
                torch.stack([one.bias.detach()[None] for one in layer]),
            )
            for layer in layers
        ]

    def _arrange_upscaling(self) -> None:
        first, self._norm, self._first_activation, second, self._second_activation = self.decoder.output_upscaling
        self._upscale = [
            (layer.weight.detach().permute(2, 3, 1, 0).flatten(0, 2).contiguous(), layer.bias.detach())
            for layer in (first, second)
        ]

    def prepare(self, features: DecoderFeatures) -> PreparedFeatures:
        """Copies `features` to float32 rows. They may be inference tensors and of any float dtype."""
        with float32(self.model.device, gradients=False):
            return self._prepare(features)

    def _prepare(self, features: DecoderFeatures) -> PreparedFeatures:
        height, width = features.image_embedding.shape[-2:]
        pixels = to_pixel_order(self._float32_copy(features.image_embedding) + self._dense, 0)
        coarse, fine = (bias for _, bias in self._upscale)
        if features.high_resolution:
            level_4, level_8 = features.high_resolution
            coarse = torch.unflatten(to_pixel_order(self._float32_copy(level_8), 1), 1, (-1, 4)) + coarse
            fine = torch.unflatten(to_pixel_order(self._float32_copy(level_4), 2), 1, (-1, 4)) + fine
        return PreparedFeatures(pixels, self._positions, coarse, fine, features.multimask, (4 * height, 4 * width))

    def _float32_copy(self, tensor: Tensor) -> Tensor:
        # Samples of a GPU are stored in main memory.
        return tensor.to(self._dense.device, torch.float32, copy=True, non_blocking=True)

    def decode(self, frame: PreparedFeatures, weights: Weights) -> StackedMasks:
        """The masks of one frame by K sets of weights."""
        tokens, pixels = self._transform(frame, weights)
        upscaled = self._upscaled(frame, pixels)
        decoder = self.decoder
        start = int(decoder.pred_obj_scores)
        predicted = _mlp(decoder.iou_prediction_head, tokens[:, start])
        if decoder.pred_obj_scores:
            scores = _mlp(decoder.pred_obj_score_head, tokens[:, 0])[:, 0]
        else:
            scores = predicted.new_full(predicted.shape[:1], 10.0)
        mask_tokens = tokens[:, start + 1 : start + 1 + decoder.num_mask_tokens]
        candidates = candidate_masks(decoder, frame.multimask)
        masks = self._hyper_weights(mask_tokens, candidates) @ upscaled.mT
        logits, ious = select_masks(decoder, masks, predicted[:, candidates], frame.multimask)
        return StackedMasks(logits, ious, scores)

    def decoded_masks(self, frame: PreparedFeatures, stacks: Sequence[StackedMasks]) -> list[DecodedMask]:
        """The masks of several stacks as `decode.decode` returns one, on the CPU.

        A GPU copies all of them at once: what compares masks there would wait for each of its results.
        """
        return [
            DecodedMask(image[None], iou[None], score[None])
            for masks in _on_cpu(stacks)
            for image, iou, score in zip(
                from_pixel_order(masks.logits, frame.mask_size, 2),
                masks.predicted_iou,
                masks.object_score,
                strict=True,
            )
        ]

    def _transform(self, frame: PreparedFeatures, weights: Weights) -> tuple[Tensor, Tensor]:
        """Tokens [K, T, C] and pixels [K, N, C] after `TwoWayTransformer`."""
        transformer = self.decoder.transformer
        count = next(iter(weights.values())).shape[0]
        start = self._tokens.expand(count, -1, -1)
        queries, pixels = start, frame.pixels
        for index, layer in enumerate(transformer.layers):
            name = f"transformer.layers.{index}"
            positioned = queries if layer.skip_first_layer_pe else queries + start
            attended = self._among_tokens(layer.self_attn, f"{name}.self_attn", weights, positioned, queries)
            queries = _norm(layer.norm1, attended if layer.skip_first_layer_pe else queries + attended)
            keys = pixels + frame.pixel_positions
            queries = _norm(
                layer.norm2,
                queries
                + self._tokens_to_pixels(
                    layer.cross_attn_token_to_image,
                    f"{name}.cross_attn_token_to_image",
                    weights,
                    queries + start,
                    keys,
                    pixels,
                ),
            )
            queries = _norm(layer.norm3, queries + _mlp(layer.mlp, queries))
            pixels = _norm(
                layer.norm4,
                self._pixels_to_tokens(
                    layer.cross_attn_image_to_token,
                    f"{name}.cross_attn_image_to_token",
                    weights,
                    keys,
                    queries + start,
                    queries,
                    pixels,
                ),
            )
        attended = self._tokens_to_pixels(
            transformer.final_attn_token_to_image,
            "transformer.final_attn_token_to_image",
            weights,
            queries + start,
            pixels + frame.pixel_positions,
            pixels,
        )
        return _norm(transformer.norm_final_attn, queries + attended), pixels

    def _among_tokens(self, attention: Any, name: str, weights: Weights, positioned: Tensor, x: Tensor) -> Tensor:
        q = self._project(attention.q_proj, weights[f"{name}.q_proj"], positioned)
        k = self._project(attention.k_proj, weights[f"{name}.k_proj"], positioned)
        v = self._project(attention.v_proj, weights[f"{name}.v_proj"], x)
        attended = F.scaled_dot_product_attention(q, k, v)
        return _linear(attention.out_proj, attended.transpose(1, 2).flatten(2))

    def _tokens_to_pixels(
        self, attention: Any, name: str, weights: Weights, tokens: Tensor, keys: Tensor, pixels: Tensor
    ) -> Tensor:
        """Attention of tokens [K, T, C] to `pixels` [1 or K, N, C], whose `keys` have positions added: [K, T, C]."""
        q = self._project(attention.q_proj, weights[f"{name}.q_proj"], tokens)
        probes = q * q.shape[-1] ** -0.5 @ self._by_head(weights[f"{name}.k_proj"])
        heads, length = probes.shape[1:3]
        scores = _times(probes.flatten(1, 2), keys.mT)
        attended = torch.unflatten(_times(scores.softmax(-1), pixels), 1, (heads, length))
        v = attended @ self._by_head(weights[f"{name}.v_proj"]).mT
        v = v.transpose(1, 2).flatten(2) + attention.v_proj.bias.detach()
        return _linear(attention.out_proj, v)

    def _pixels_to_tokens(
        self,
        attention: Any,
        name: str,
        weights: Weights,
        keys: Tensor,
        positioned: Tensor,
        tokens: Tensor,
        pixels: Tensor,
    ) -> Tensor:
        """`pixels` [1 or K, N, C] plus their attention to tokens [K, T, C], with `keys` as queries: [K, N, C]."""
        k = self._project(attention.k_proj, weights[f"{name}.k_proj"], positioned)
        v = self._project(attention.v_proj, weights[f"{name}.v_proj"], tokens)
        k = k * k.shape[-1] ** -0.5
        probes = (k @ self._by_head(weights[f"{name}.q_proj"])).flatten(1, 2)
        offset = (k @ attention.q_proj.bias.detach().unflatten(0, (self.heads, -1))[..., None]).flatten(1, 2)
        scores = _times(probes, keys.mT) + offset
        weights_of_tokens = torch.unflatten(scores, 1, (self.heads, -1)).softmax(2).flatten(1, 2)
        out_proj = attention.out_proj
        # A pixel's attention weights sum to one in each head, so a fraction of the bias can be added to each value.
        values = v @ out_proj.weight.detach().mT.unflatten(0, (self.heads, -1)) + out_proj.bias.detach() / self.heads
        return torch.baddbmm(pixels.expand(len(scores), -1, -1), weights_of_tokens.mT, values.flatten(1, 2))

    def _project(self, layer: Any, weight: Tensor, x: Tensor) -> Tensor:
        """[K, T, C] to heads [K, H, T, d]."""
        projected = torch.baddbmm(layer.bias.detach(), x, weight.mT)
        return torch.unflatten(projected, 2, (self.heads, -1)).transpose(1, 2)

    def _by_head(self, weight: Tensor) -> Tensor:
        """[K, H * d, C] to [K, H, d, C]."""
        return torch.unflatten(weight, 1, (self.heads, -1))

    def _upscaled(self, frame: PreparedFeatures, pixels: Tensor) -> Tensor:
        """[K, N, C] to [K, 16N, C/8]: the decoder's two transposed convolutions."""
        (first, _), (second, _) = self._upscale
        norm = self._norm
        x = torch.unflatten(pixels @ first.mT, 2, (4, -1)) + frame.level_8
        x = F.layer_norm(x, norm.weight.shape, norm.weight.detach(), norm.bias.detach(), norm.eps)
        x = self._first_activation(x).flatten(1, 2)
        x = torch.unflatten(x @ second.mT, 2, (4, -1)) + frame.level_4
        enlarged: Tensor = self._second_activation(x)
        return enlarged.flatten(1, 2)

    def _hyper_weights(self, mask_tokens: Tensor, candidates: slice) -> Tensor:
        """[K, tokens, C] to [K, candidates, C/8]: each token's own MLP, all in one product."""
        x = mask_tokens[:, candidates].transpose(0, 1)
        for index, (weight, bias) in enumerate(self._hyper):
            x = torch.baddbmm(bias[candidates], x, weight[candidates])
            if index + 1 < len(self._hyper):
                x = x.relu()
        return x.transpose(0, 1)


def _on_cpu(stacks: Sequence[StackedMasks]) -> Sequence[StackedMasks]:
    if stacks[0].logits.device.type == "cpu":
        return stacks
    numbers = [torch.cat([each.logits, each.predicted_iou[:, None], each.object_score[:, None]], 1) for each in stacks]
    copied = torch.cat(numbers).cpu()
    return [StackedMasks(copied[:, :-2], copied[:, -2], copied[:, -1])]


def _times(rows: Tensor, shared: Tensor) -> Tensor:
    """`rows` [K, M, I] @ `shared` [1 or K, I, J]; a single product where all K have the same `shared`."""
    if len(shared) == 1:
        return torch.unflatten(rows.flatten(0, 1) @ shared[0], 0, rows.shape[:2])
    return rows @ shared


def _linear(layer: Any, x: Tensor) -> Tensor:
    return F.linear(x, layer.weight.detach(), layer.bias.detach())


def _norm(layer: Any, x: Tensor) -> Tensor:
    return F.layer_norm(x, layer.normalized_shape, layer.weight.detach(), layer.bias.detach(), layer.eps)


def _mlp(module: Any, x: Tensor) -> Tensor:
    """`sam2.modeling.sam2_utils.MLP`, or one linear layer, with its weights frozen."""
    if isinstance(module, torch.nn.Linear):
        return _linear(module, x)
    for layer in module.layers[:-1]:
        x = module.act(_linear(layer, x))
    x = _linear(module.layers[-1], x)
    return x.sigmoid() if module.sigmoid_output else x
