"""A stored session: everything needed to resume it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import BoxPrompt, PointPrompt
from sam2_lit.records.results import LoraMode, Mask, MaskSource
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import VideoEntry

if TYPE_CHECKING:
    # A process that only reads what clients are shown needs no torch.
    import torch

    from sam2_lit.lora.layers import Adapter

SavedPrompt = PointPrompt | BoxPrompt | RLE
"""A prompt as it is read: a mask stays encoded."""


@dataclass(frozen=True, eq=False)
class SavedFrame:
    """A prompted frame of one object.

    Attributes:
        frame_index: the frame.
        prompts: its prompts, oldest first; a mask that clicks have changed, and then all of these clicks.
        conditioning: the tensors by which the frame conditions tracking, by name; the tracker defines them.
        reverse: the direction in which tracking last passed the frame; None where it has not.
    """

    frame_index: int
    prompts: tuple[SavedPrompt, ...]
    conditioning: "dict[str, torch.Tensor]"
    reverse: bool | None


@dataclass(frozen=True, eq=False)
class SavedAdapter:
    """An adapter of an object.

    Attributes:
        record: what is known of it.
        weights: its matrices.
        trained_masks: by frame, the mask that it was trained on last, where it is no correction's.
        model: the fingerprint of the model that it was trained for; None where an earlier release stored none.
    """

    record: AdapterRecord
    weights: "Adapter"
    trained_masks: Mapping[int, RLE]
    model: str | None


@dataclass(frozen=True, eq=False)
class SavedObject:
    """An object with its prompts and adapters.

    Attributes:
        object_id: the client's id.
        frames: its prompted frames, in the order in which they were first prompted.
        prompt_changes: by frame, the tracker's version at the last change of the frame's prompts.
        adapters: oldest first.
    """

    object_id: int
    frames: tuple[SavedFrame, ...]
    prompt_changes: dict[int, int]
    adapters: tuple[SavedAdapter, ...]


@dataclass(frozen=True)
class SavedMask:
    """A mask, and the tracker's version when it was made."""

    frame_index: int
    mask: Mask
    version: int


@dataclass(frozen=True)
class SavedVersion:
    """The tracker's version of one mask, without the mask.

    `reverse` says whether it was tracked backward. `passed` says whether tracking passed a mask that it keeps in
    reverse; None where it has not passed it.
    """

    object_id: int
    frame_index: int
    version: int
    reverse: bool
    source: MaskSource
    passed: bool | None
    is_confirmed: bool

    @property
    def is_tracked(self) -> bool:
        """Whether the mask is the tracker's, unless the frame is prompted."""
        return self.source not in (MaskSource.IMPORTED, MaskSource.ABSENT)


@dataclass(frozen=True)
class SavedPrompts:
    """The prompted frames of an object, in the order in which they were first prompted.

    `changes` is as in `SavedObject.prompt_changes`.
    """

    object_id: int
    frames: tuple[int, ...]
    changes: dict[int, int]


@dataclass(frozen=True, eq=False)
class SavedSession:
    """A whole session except its masks, which are read frame by frame. Objects are in the order they were added.

    `consolidated` is the tracker's version up to which tracking reads prompts. No version up to `last_version` is given
    again. The session works on every `frame_step`-th frame.
    """

    session_id: str
    video: VideoEntry
    lora_mode: LoraMode
    objects: tuple[SavedObject, ...]
    versions: tuple[SavedVersion, ...]
    consolidated: int
    last_version: int
    frame_step: int
    owner: Owner
