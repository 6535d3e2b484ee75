"""SAM 2's mask decoder as a function of several adapters' weights at once.

The module in `sam2.modeling.sam.mask_decoder` runs one set of weights. Training and the comparison of
candidates want another shape of the same computation: weights are arguments, stacked over K adapters; all
that no adapter changes is computed once; and the order of products is chosen for few tokens and many pixels.
It equals the module up to rounding, which tests check; nothing is written to the module, and no gradient
reaches its weights.

The order of products. An attention between T tokens (8) and N pixels (256 to 4096) projects every pixel in
the module: `(q Wq) (x Wk)^T`. Here each head's projection moves to the tokens' side: `((q Wq) Wk^T) x^T`, and
for the values `(P x) Wv` for `P (x Wv)`. Two products with heads * T rows remain of four projections of N
pixels, and adapters cost nothing per pixel. The keys' bias adds the same to every score of a row, which
softmax ignores; the values' bias passes through unchanged, since each row of P sums to one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.lora.decode import DecodedMask, unprompted_embeddings
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, lora_targets
from sam2_lit.lora.pixel_order import from_pixel_order, to_pixel_order
from sam2_lit.lora.precision import float32

Weights = Mapping[str, Tensor]
"""Target to projection weight with the adapters' updates in it: [K, out, in]."""


@dataclass(frozen=True, eq=False)
class AdapterStack:
    """The weights of K adapters, those of equal shape together: for each shape, in `StackedDecoder`'s order,

    - down: [K * targets of that shape, rank, in], float32;
    - up: [K * targets of that shape, out, rank], float32.
    - scaling: what the updates B @ A are multiplied by; 1 where it is in `up` already.
    """

    count: int
    down: tuple[Tensor, ...]
    up: tuple[Tensor, ...]
    scaling: float

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        return (*self.down, *self.up)


@dataclass(frozen=True, eq=False)
class PreparedFeatures:
    """All of a frame that no adapter changes, float32, one row a pixel (cells.py).

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
    """- logits: [K, 16N], pixels ordered as in cells.py; predicted_iou: [K]; object_score: [K], a logit."""

    logits: Tensor
    predicted_iou: Tensor
    object_score: Tensor


class StackedDecoder:
    """Holds references to a model's frozen decoder weights, arranged once; make one for each training or bank."""

    def __init__(self, model: SAM2Base) -> None:
        self.model = model
        self.decoder: Any = model.sam_mask_decoder
        self.heads: int = self.decoder.transformer.num_heads
        self.shapes: dict[tuple[int, int], list[str]] = {}
        with float32(model.device, gradients=False):
            for name in lora_targets(self.decoder):
                weight = self.decoder.get_submodule(name).weight
                self.shapes.setdefault(tuple(weight.shape), []).append(name)
            self._bases = tuple(
                torch.stack([self.decoder.get_submodule(name).weight.detach() for name in names])
                for names in self.shapes.values()
            )
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
        pixels = to_pixel_order(_copy(features.image_embedding) + self._dense, 0)
        coarse, fine = (bias for _, bias in self._upscale)
        if features.high_resolution:
            level_4, level_8 = features.high_resolution
            coarse = torch.unflatten(to_pixel_order(_copy(level_8), 1), 1, (-1, 4)) + coarse
            fine = torch.unflatten(to_pixel_order(_copy(level_4), 2), 1, (-1, 4)) + fine
        return PreparedFeatures(pixels, self._positions, coarse, fine, features.multimask, (4 * height, 4 * width))

    def stack(self, adapters: Sequence[Adapter]) -> AdapterStack:
        """The adapters' weights in copies, ranks filled up with zeros to the greatest."""
        rank = max(adapter.rank for adapter in adapters)
        one = len(adapters) == 1
        down, up = [], []
        for names in self.shapes.values():
            rows = [_padded(a.down[name], rank, 0) for a in adapters for name in names]
            columns = [_padded(a.up[name] * (1.0 if one else a.scaling), rank, 1) for a in adapters for name in names]
            down.append(torch.stack(rows))
            up.append(torch.stack(columns))
        return AdapterStack(len(adapters), tuple(down), tuple(up), adapters[0].scaling if one else 1.0)

    def unstack(self, stack: AdapterStack) -> Adapter:
        """The adapter of a stack of one, in copies."""
        down: dict[str, Tensor] = {}
        up: dict[str, Tensor] = {}
        for names, rows, columns in zip(self.shapes.values(), stack.down, stack.up, strict=True):
            down.update(zip(names, rows.detach().clone(), strict=True))
            up.update(zip(names, columns.detach().clone(), strict=True))
        rank = stack.down[0].shape[1]
        ordered = lora_targets(self.decoder)
        return Adapter(
            stack.scaling * rank, {name: down[name] for name in ordered}, {name: up[name] for name in ordered}
        )

    def base_weights(self) -> dict[str, Tensor]:
        """The weights of no adapter, [1, out, in] a target."""
        groups = zip(self.shapes.values(), self._bases, strict=True)
        return {name: weight[None] for names, base in groups for name, weight in zip(names, base, strict=True)}

    def merge(self, stack: AdapterStack) -> dict[str, Tensor]:
        """Base weights plus updates, [K, out, in] a target; differentiable in the stack's tensors."""
        merged: dict[str, Tensor] = {}
        groups = zip(self.shapes.values(), self._bases, stack.down, stack.up, strict=True)
        for names, base, down, up in groups:
            every = base if stack.count == 1 else base.repeat(stack.count, 1, 1)
            weights = torch.baddbmm(every, up, down, alpha=stack.scaling)
            merged.update(zip(names, torch.unflatten(weights, 0, (stack.count, -1)).unbind(1), strict=True))
        return merged

    def decode(self, frame: PreparedFeatures, weights: Weights) -> StackedMasks:
        """The masks of K sets of weights for one frame, selected as the module in eval mode selects them."""
        tokens, pixels = self._transform(frame, weights)
        upscaled = self._enlarge(frame, pixels)
        decoder = self.decoder
        start = int(decoder.pred_obj_scores)
        predicted = _mlp(decoder.iou_prediction_head, tokens[:, start])
        if decoder.pred_obj_scores:
            scores = _mlp(decoder.pred_obj_score_head, tokens[:, 0])[:, 0]
        else:
            scores = predicted.new_full(predicted.shape[:1], 10.0)
        mask_tokens = tokens[:, start + 1 : start + 1 + decoder.num_mask_tokens]
        wanted = self._wanted_masks(frame.multimask)
        masks = self._hyper_weights(mask_tokens, wanted) @ upscaled.mT
        logits, ious = self._select(masks, predicted[:, wanted], frame.multimask)
        return StackedMasks(logits, ious, scores)

    def decoded_masks(self, frame: PreparedFeatures, masks: StackedMasks) -> list[DecodedMask]:
        """The K masks as `decode.decode` returns one."""
        images = from_pixel_order(masks.logits, frame.mask_size, 2)
        return [
            DecodedMask(image[None], iou[None], score[None])
            for image, iou, score in zip(images, masks.predicted_iou, masks.object_score, strict=True)
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
        """Tokens [K, T, C] attend to `pixels` [1 or K, N, C] by `keys`, the same with positions: [K, T, C]."""
        q = self._project(attention.q_proj, weights[f"{name}.q_proj"], tokens)
        probes = q * q.shape[-1] ** -0.5 @ self._by_head(weights[f"{name}.k_proj"])
        heads, length = probes.shape[1:3]
        scores = _times(probes.flatten(1, 2), keys.mT)
        gathered = torch.unflatten(_times(scores.softmax(-1), pixels), 1, (heads, length))
        v = gathered @ self._by_head(weights[f"{name}.v_proj"]).mT
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
        """`pixels` [1 or K, N, C] plus what they take from the tokens they attend to by `keys`: [K, N, C]."""
        k = self._project(attention.k_proj, weights[f"{name}.k_proj"], positioned)
        v = self._project(attention.v_proj, weights[f"{name}.v_proj"], tokens)
        k = k * k.shape[-1] ** -0.5
        probes = (k @ self._by_head(weights[f"{name}.q_proj"])).flatten(1, 2)
        offset = (k @ attention.q_proj.bias.detach().unflatten(0, (self.heads, -1))[..., None]).flatten(1, 2)
        scores = _times(probes, keys.mT) + offset
        share = torch.unflatten(scores, 1, (self.heads, -1)).softmax(2).flatten(1, 2)
        out_proj = attention.out_proj
        # A pixel's shares sum to one in each head, so a head's part of the bias may ride on the values.
        values = v @ out_proj.weight.detach().mT.unflatten(0, (self.heads, -1)) + out_proj.bias.detach() / self.heads
        return torch.baddbmm(pixels.expand(len(share), -1, -1), share.mT, values.flatten(1, 2))

    def _project(self, layer: Any, weight: Tensor, x: Tensor) -> Tensor:
        """[K, T, C] to heads [K, H, T, d]."""
        projected = torch.baddbmm(layer.bias.detach(), x, weight.mT)
        return torch.unflatten(projected, 2, (self.heads, -1)).transpose(1, 2)

    def _by_head(self, weight: Tensor) -> Tensor:
        """[K, H * d, C] to [K, H, d, C]."""
        return torch.unflatten(weight, 1, (self.heads, -1))

    def _enlarge(self, frame: PreparedFeatures, pixels: Tensor) -> Tensor:
        """[K, N, C] to [K, 16N, C/8]: the decoder's two transposed convolutions."""
        (first, _), (second, _) = self._upscale
        norm = self._norm
        x = torch.unflatten(pixels @ first.mT, 2, (4, -1)) + frame.level_8
        x = F.layer_norm(x, norm.weight.shape, norm.weight.detach(), norm.bias.detach(), norm.eps)
        x = self._first_activation(x).flatten(1, 2)
        x = torch.unflatten(x @ second.mT, 2, (4, -1)) + frame.level_4
        enlarged: Tensor = self._second_activation(x)
        return enlarged.flatten(1, 2)

    def _wanted_masks(self, multimask: bool) -> slice:
        """Which of the decoder's mask tokens can become the mask."""
        if multimask:
            return slice(1, None)
        return slice(0, None if self.decoder.dynamic_multimask_via_stability else 1)

    def _hyper_weights(self, mask_tokens: Tensor, wanted: slice) -> Tensor:
        """[K, tokens, C] to [K, wanted, C/8]: each token's own MLP, all in one product."""
        x = mask_tokens[:, wanted].transpose(0, 1)
        for index, (weight, bias) in enumerate(self._hyper):
            x = torch.baddbmm(bias[wanted], x, weight[wanted])
            if index + 1 < len(self._hyper):
                x = x.relu()
        return x.transpose(0, 1)

    def _select(self, masks: Tensor, ious: Tensor, multimask: bool) -> tuple[Tensor, Tensor]:
        """[K, masks, P] and [K, masks] to the one mask of each, [K, P] and [K]."""
        if not multimask and masks.shape[1] > 1:
            chosen, estimate = self.decoder._dynamic_multimask_via_stability(masks[:, :, None], ious)
            return chosen[:, 0, 0], estimate[:, 0]
        rows, best = torch.arange(len(ious), device=ious.device), ious.argmax(-1)
        return masks[rows, best], ious[rows, best]


def _copy(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float32, copy=True)


def _padded(matrix: Tensor, rank: int, axis: int) -> Tensor:
    missing = rank - matrix.shape[axis]
    return F.pad(matrix, (0, missing) if axis == 1 else (0, 0, 0, missing))


def _times(rows: Tensor, shared: Tensor) -> Tensor:
    """`rows` [K, M, I] @ `shared` [1 or K, I, J]; what all K share is one product."""
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
