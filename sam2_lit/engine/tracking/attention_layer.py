"""One layer of SAM 2's memory attention in parts, which some of a frame's tokens can pass without the others."""

from typing import Any

import torch
from sam2.modeling.sam.transformer import RoPEAttention
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.graphs import as_graph
from sam2_lit.engine.device.kernels import ATTENTION, Kernels

PartialAttention = tuple[Tensor, Tensor]
"""Attention to some of the keys: [B, H, n, d], and the logarithm of its softmax's divisor, [B, H, n].

From two of them `AttentionLayer.join` computes the attention to the keys of both."""


class AttentionLayer:
    """Layer `index` of SAM 2's memory attention, whose weights it calls.

    N is the number of a frame's tokens, n that of a part of them, C the model's width, D the attention's, H its heads.

    - project: memory features [B, M, h, w] to keys without temporal encoding and values, [B, N, D] each.
    - attend: queries [B, n, D] or [1, n, D], keys and values [B, K, D] to `PartialAttention`.
    - temporal: [P, N, D], what the temporal encoding of each of P positions adds to the keys.
    """

    def __init__(self, predictor: Any, index: int, position: Tensor, kernels: Kernels) -> None:
        """`position` is the position encoding of the frame's tokens, [1, N, C]; `kernels` names how it attends."""
        side = predictor.sam_image_embedding_size
        device = predictor.device
        self._layer = predictor.memory_attention.layers[index]
        self._position = position
        encoding = predictor.memory_encoder.position_encoding(torch.zeros(1, 1, side, side))
        self._memory_position = flat(encoding).to(device)
        self._rotations = {
            attention: attention.compute_cis(end_x=side, end_y=side).to(device)
            for attention in (self._layer.self_attn, self._layer.cross_attn_image)
            if isinstance(attention, RoPEAttention)
        }
        heads, width = self._layer.cross_attn_image.num_heads, self._layer.cross_attn_image.internal_dim
        # Most keys are those of the memories that are known before the frame before is tracked, for half the tokens.
        keys = max(1, predictor.num_maskmem - 1) * side * side
        self._kernel = (
            kernels.attention(side * side // 2, keys, heads, width // heads) if device.type == "cpu" else None
        )
        self.temporal = self._temporal(predictor.maskmem_tpos_enc, side * side)
        memory = torch.zeros(2, predictor.mem_dim, side, side, dtype=torch.bfloat16, device=device)
        self.project = as_graph(self._project, memory)
        queries = torch.zeros(2, side * side, heads * (width // heads), dtype=predictor.kept_dtype, device=device)
        self.attend = as_graph(self._attend, queries, queries, queries)

    def self_inputs(self, rows: slice, output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of the self-attention, [B, n, D] each, of features [B, n, C]."""
        attention = self._layer.self_attn
        normed = self._layer.norm1(output)
        queries = normed + self._position[:, rows] if self._layer.pos_enc_at_attn else normed
        q = self._rotated(attention, attention.q_proj(queries), rows)
        k = self._rotated(attention, attention.k_proj(queries), rows)
        return q, k, attention.v_proj(normed)

    def self_attention(self, output: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Features [B, n, C] after the self-attention of queries [B, n, D] to keys and values [B, N, D]."""
        attention = self._layer.self_attn
        q, k, v = (_split_heads(attention, each) for each in (q, k, v))
        return output + _merge_heads(attention, self._attended(q, k, v)[0])

    def queries(self, rows: slice, output: Tensor) -> Tensor:
        """Queries of the attention to memory, [B, n, D], of features [B, n, C]."""
        attention = self._layer.cross_attn_image
        queries = self._layer.norm2(output)
        if self._layer.pos_enc_at_cross_attn_queries:
            queries = queries + self._position[:, rows]
        return self._rotated(attention, attention.q_proj(queries), rows)

    def join(self, output: Tensor, one: Tensor, one_sum: Tensor, other: Tensor, other_sum: Tensor) -> Tensor:
        """Features [B, n, C] after the layer, given its attention to two sets of keys, or twice that to all keys."""
        weight = torch.sigmoid(one_sum - other_sum).unsqueeze(-1).to(one.dtype)
        return self.after_attention(output, torch.lerp(other, one, weight))

    def after_attention(self, output: Tensor, attended: Tensor) -> Tensor:
        """Features [B, n, C] after the layer, given its attention to all keys, [B, H, n, d]."""
        layer = self._layer
        output = output + _merge_heads(layer.cross_attn_image, attended)
        hidden = layer.activation(layer.linear1(layer.norm3(output)))
        after: Tensor = output + layer.linear2(hidden)
        return after

    def key_inputs(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """What keys and values are projected from, of memory features as tokens [B, N, M]."""
        values = encoded = memory.to(self._memory_position.dtype)
        if self._layer.pos_enc_at_cross_attn_keys:
            encoded = values + self._memory_position
        return encoded, values

    def project_tokens(self, encoded: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Keys without temporal encoding and values, [B, N, D] each, of `key_inputs`."""
        attention = self._layer.cross_attn_image
        return self._rotated(attention, attention.k_proj(encoded)), attention.v_proj(values)

    def _project(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        return self.project_tokens(*self.key_inputs(flat(memory)))

    def _attend(self, q: Tensor, keys: Tensor, values: Tensor) -> PartialAttention:
        attention = self._layer.cross_attn_image
        # In the first layer the queries of all objects are equal.
        return self._attended(
            *(_split_heads(attention, each) for each in (q.expand(keys.shape[0], -1, -1), keys, values))
        )

    def _attended(self, q: Tensor, k: Tensor, v: Tensor) -> PartialAttention:
        if self._kernel is not None:
            attended: PartialAttention = ATTENTION[self._kernel](q, k, v)
            return attended
        # Other devices attend to all keys at once, and so join nothing.
        return F.scaled_dot_product_attention(q, k, v), q.new_empty(q.shape[:-1])

    def _temporal(self, encodings: Tensor, tokens: int) -> Tensor:
        """`temporal`, from SAM 2's encodings [P, 1, 1, M], which have that of position 0 last."""
        attention = self._layer.cross_attn_image
        encodings = encodings.detach().flip(0).flatten(1)
        if not self._layer.pos_enc_at_cross_attn_keys:
            encodings = torch.zeros_like(encodings)
        keys = F.linear(encodings, attention.k_proj.weight)
        return self._rotated(attention, keys[:, None].expand(-1, tokens, -1))

    def _rotated(self, attention: Any, x: Tensor, rows: slice = slice(None)) -> Tensor:
        """x [B, n, D] with rotary encoding, as sam2.modeling.position_encoding.apply_rotary_enc."""
        rotation = self._rotations.get(attention)
        if rotation is None:
            return x
        heads = torch.unflatten(x.float(), -1, (attention.num_heads, -1, 2))
        turned = torch.view_as_complex(heads) * rotation[rows, None]
        return torch.view_as_real(turned).flatten(2).to(x.dtype)


def _split_heads(attention: Any, x: Tensor) -> Tensor:
    """[B, K, D] as [B, H, K, d]."""
    return torch.unflatten(x, -1, (attention.num_heads, -1)).transpose(1, 2)


def _merge_heads(attention: Any, out: Tensor) -> Tensor:
    """The heads' results, [B, H, n, d], as features [B, n, C]."""
    merged: Tensor = attention.out_proj(out.transpose(1, 2).flatten(2))
    return merged


def flat(features: Tensor) -> Tensor:
    """[B, C, h, w] as [B, h * w, C]."""
    return features.flatten(2).mT
