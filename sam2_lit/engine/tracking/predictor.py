"""SAM 2's video predictor: prompts by the official code, tracked frames by our own."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.helper_thread import HelperThread
from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.device.mapped_tensors import all_in_mapped_memory, in_mapped_memory
from sam2_lit.engine.device.preemption import NeverPreempted, Preemption
from sam2_lit.engine.models.devices import autocast, compute_dtype
from sam2_lit.engine.tracking.fingerprint import fingerprint
from sam2_lit.engine.tracking.frame_output import FrameOutput, from_own_tensors
from sam2_lit.engine.tracking.gpu_memory_attention import GpuMemoryAttention
from sam2_lit.engine.tracking.graphed_function import CAPTURED_AT, MOST_OBJECTS, GraphedFunction, TensorsFunction
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding, ImageEncoder
from sam2_lit.engine.tracking.mask_decoder import DecodedObjects, MaskDecoder
from sam2_lit.engine.tracking.memory_attention import LookAhead, MemoryAttention
from sam2_lit.engine.tracking.memory_encoder import MemoryEncoder
from sam2_lit.engine.tracking.memory_reader import MemoryReader, SelectedMemory
from sam2_lit.engine.tracking.sam2_private import PromptPredictor
from sam2_lit.engine.tracking.weight_layout import lay_out
from sam2_lit.engine.tracking.weight_precision import cast_weights
from sam2_lit.lora.layers import Adapter


class LitPredictor(PromptPredictor):
    """The official predictor, with equal results up to rounding. One device uses it at a time.

    Prompts run through the official code. Frames are tracked by `condition`, `decode` and `encode_memory`, in inference
    mode: the official steps, for all objects at once. SAM 2's own modules are `image_encoder`, `memory_attention`,
    `sam_mask_decoder` and `memory_encoder`. Our classes ImageEncoder, MemoryAttention, MaskDecoder and MemoryEncoder
    compute the same from their weights, only faster: the attributes `fast_…`. Objects that are tracked as one batch are
    at most `batch_objects`, and the keys and values of one layer take at most `batch_bytes` of them.
    """

    def __init__(self, **configuration: Any) -> None:
        super().__init__(**configuration)
        self.memory_reader = MemoryReader(self)
        self.batch_bytes = 512 * 2**20
        self.batch_objects = sys.maxsize
        self._warm_ups = 1
        self._graphed: list[GraphedFunction] = []
        self._preemption: Preemption = NeverPreempted()
        self._is_prepared = False
        self._memory_positions: list[Tensor] | None = None
        self._device: torch.device | None = None
        self.compute_dtype = self.kept_dtype = torch.float32

    @property
    def device(self) -> torch.device:
        """Where the weights are. SAM2Base searches its parameters for it each time; once prepared it is fixed."""
        found: torch.device = self._device or super().device
        return found

    @torch.inference_mode(False)
    @torch.no_grad()
    def prepare(
        self,
        *,
        preemption: Preemption | None = None,
        compiled: bool = False,
        cuda_graphs: bool = False,
        kernels: Kernels | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        """Lays the model out for inference, once its weights are loaded and it is on its device.

        May be called again, which only changes what preempts it.

        Args:
            preemption: what may run between the parts of encoding and tracking a frame; nothing where it is None.
            compiled: puts the image encoder and the memory encoder through torch.compile, on a GPU memory attention and
                mask decoder as well. `warm_up` then compiles them.
            cuda_graphs: replays the parts of tracking a frame as CUDA graphs, on a GPU of CUDA or ROCm.
            kernels: names the kernels that compute products and attention on a CPU, where they are in float32;
                PyTorch's own where it is None.
            dtype: what matrix products are computed in; that of `compute_dtype` for the device where it is None.
        """
        self._preemption = preemption or NeverPreempted()
        on_cpu = self.device.type == "cpu"
        self.helper = HelperThread(self._preemption, self.autocast, on_cpu=on_cpu)
        if self._is_prepared:
            return
        self.weights_id = fingerprint(self)
        self.compute_dtype = dtype or compute_dtype(self.device)
        self.kept_dtype = self.compute_dtype if on_cpu else torch.float32
        self._device = self.device
        # Graphs hold weights as constants.
        self.requires_grad_(False)
        measured = kernels if kernels is not None and not compiled else Kernels()
        kernels = measured if self.compute_dtype is torch.float32 else Kernels()
        lay_out(self, kernels)
        # Position encoding of the decoder's pixels: the same for every frame and prompt.
        positions = self.sam_prompt_encoder.get_dense_pe()
        self.sam_prompt_encoder.get_dense_pe = lambda: positions
        self.fast_image_encoder = ImageEncoder(self, measured, compiled=compiled, uninterrupted=cuda_graphs)
        if on_cpu:
            # Before the weights are in graphs.
            cast_weights(self, self.compute_dtype)
        # Graphs hold the casts of autocast, too.
        with self.autocast() if on_cpu else nullcontext():
            self.fast_memory_encoder = MemoryEncoder(self, compiled=compiled, cuda_graphs=cuda_graphs)
            if not compiled and not cuda_graphs:
                for part in (*self.memory_encoder.mask_downsampler.encoder, *self.memory_encoder.fuser.layers):
                    part.register_forward_pre_hook(lambda *_: self.preemption_point())
            # On a CPU both are graphs of parts between which a click may run.
            self.fast_memory_attention: MemoryAttention = (
                MemoryAttention(self, kernels)
                if on_cpu
                else GpuMemoryAttention(self, kernels, compiled=compiled, cuda_graphs=cuda_graphs)
            )
            self.vision_position = self.fast_memory_attention.position
            self.fast_mask_decoder = MaskDecoder(self, compiled=compiled and not on_cpu, cuda_graphs=cuda_graphs)
        self._encode: TensorsFunction = self._encoded
        if cuda_graphs:
            self._encode = self.graphed(self._encoded)
            self.batch_objects, self._warm_ups = MOST_OBJECTS, CAPTURED_AT
        if not on_cpu:
            cast_weights(self, self.compute_dtype)
        self._is_prepared = True

    def autocast(self) -> AbstractContextManager[object]:
        """Within the block, operators compute in `compute_dtype` as autocast chooses; it holds for one thread."""
        return autocast(self.device, self.compute_dtype)

    def graphed(self, function: TensorsFunction) -> TensorsFunction:
        """`function` as CUDA graphs, which `release_graphs` drops."""
        made = GraphedFunction(function, self.device)
        self._graphed.append(made)
        return made

    def release_graphs(self) -> None:
        """Drops all CUDA graphs of tracking; kernels are then launched one by one for a while."""
        for each in self._graphed:
            each.release()

    def preemption_point(self) -> None:
        """Called between the parts of encoding and tracking a frame: a click may run here, on any thread."""
        self._preemption.yield_to_interactive()

    @torch.inference_mode()
    def warm_up(self) -> None:
        """Runs every part on a black frame, so that the first click does not wait for one-time work."""
        for _ in range(self._warm_ups):
            embedding = self.encode_image(torch.zeros(3, self.image_size, self.image_size))
        for _ in range(max(2, self._warm_ups)):
            decoded = self.decode(embedding, embedding.top)
            [output] = self.encode_memory(embedding, decoded)
            self.condition(embedding, [self.memory_reader.select(1, False, {0: output}, {}, 2)], 2)

    @torch.inference_mode()
    def encode_image(self, image: Tensor) -> FrameEmbedding:
        """The embedding of a frame [3, S, S]. May run while another thread tracks."""
        with self.autocast():
            encoded = self._encode(image.to(self.device).float().unsqueeze(0))
            *levels, top, self_attended = map(self._as_kept, encoded)
            copied = _channels_last_in_mapped_memory if self.device.type == "cpu" else in_mapped_memory
            return FrameEmbedding(tuple(map(copied, levels)), in_mapped_memory(top), in_mapped_memory(self_attended))

    def _encoded(self, image: Tensor) -> tuple[Tensor, ...]:
        """The tensors of the `FrameEmbedding` of an image [1, 3, S, S], in its order."""
        high_resolution, encoded = self.fast_image_encoder(image)
        top = self._as_kept(encoded)
        return *high_resolution, top, self.fast_memory_attention.first_attention(top)

    def condition(
        self,
        embedding: FrameEmbedding,
        memories: Sequence[SelectedMemory],
        frame_count: int,
        ahead: LookAhead | None = None,
    ) -> Tensor:
        """The frame's features conditioned on B objects' memory, [B, C, h, w]; `ahead` is from `look_ahead`."""
        with self.autocast():
            return self._as_kept(
                self.fast_memory_attention.condition(embedding.self_attended, memories, frame_count, ahead)
            )

    def look_ahead(self, embedding: FrameEmbedding, memories: Sequence[SelectedMemory]) -> LookAhead:
        """Starts on the helper thread what `condition` will need, before the frame before is tracked."""
        with self.autocast():
            return self.fast_memory_attention.look_ahead(embedding.self_attended, memories)

    def decode(self, embedding: FrameEmbedding, conditioned: Tensor, adapter: Adapter | None = None) -> DecodedObjects:
        """The masks of B objects on a tracked frame, from features [B, C, h, w] conditioned on the memory of each.

        With an adapter B is 1, and the mask decoder uses the adapter.
        """
        with self.autocast():
            return self.fast_mask_decoder(embedding, conditioned, adapter)

    def encode_memory(self, embedding: FrameEmbedding, decoded: DecodedObjects) -> list[FrameOutput]:
        """The output of each of B objects, with its memory for later frames."""
        with self.autocast():
            features = self.fast_memory_encoder(embedding.top, decoded.image_logits, decoded.object_scores)
        logits = self._as_kept(decoded.logits)
        tensors = all_in_mapped_memory([features, logits, decoded.pointers, decoded.object_scores])
        positions = self.memory_positions(tensors)
        return [
            from_own_tensors([tensor[each : each + 1] for tensor in tensors], positions)
            for each in range(len(features))
        ]

    @torch.inference_mode()
    def memory_positions(self, own: Sequence[Tensor]) -> list[Tensor]:
        """The position encoding of memory, the same for all frames, from any frame's `own_tensors`.

        In the precision in which `SAM2Base._encode_new_memory` makes it, so that a prompt reads the same from memory
        that was restored.
        """
        if self._memory_positions is None:
            features, *_ = own
            encoding = self.memory_encoder.position_encoding(features[:1])
            self._memory_positions = [encoding.to(self.compute_dtype).clone()]
        return self._memory_positions

    def _as_kept(self, tensor: Tensor) -> Tensor:
        """A frame's tensor as it is kept: on a CPU in `kept_dtype`, since bfloat16 takes half of the memory.

        The decoder's logits lose nothing, since they are bfloat16 before SAM 2 makes them float32.
        """
        return tensor.to(self.kept_dtype) if self.device.type == "cpu" else tensor


def _channels_last_in_mapped_memory(level: Tensor) -> Tensor:
    """The copy of a level in the layout in which it is encoded, and in which the mask decoder adds it."""
    return in_mapped_memory(level.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
