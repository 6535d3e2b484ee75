"""A session as the store has it: all that it takes to go on with it."""

from dataclasses import dataclass

import torch

from sam2_lit.lora.layers import Adapter
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.prompts import Prompt
from sam2_lit.records.results import LoraMode, Mask
from sam2_lit.records.videos import VideoEntry


@dataclass(frozen=True, eq=False)
class SavedFrame:
    """A prompted frame: its prompts in order, what they left in the tracker, and from which side tracking passed it.

    `reverse` is None where tracking did not pass the frame.
    """

    frame_index: int
    prompts: tuple[Prompt, ...]
    conditioning: dict[str, torch.Tensor]
    reverse: bool | None


@dataclass(frozen=True, eq=False)
class SavedObject:
    """An object: its frames in the order in which they were first prompted, its adapters, oldest first.

    `prompt_changes` has the tracker's stamp of the last change of a frame's prompts.
    """

    object_id: int
    frames: tuple[SavedFrame, ...]
    prompt_changes: dict[int, int]
    adapters: tuple[tuple[AdapterRecord, Adapter], ...]


@dataclass(frozen=True)
class SavedMask:
    """A mask, and when it was made on the tracker's clock."""

    frame_index: int
    mask: Mask
    version: int


@dataclass(frozen=True)
class SavedVersion:
    """Of a mask all but the mask: whose it is, when it was made, and whether it was tracked from later frames."""

    object_id: int
    frame_index: int
    version: int
    reverse: bool


@dataclass(frozen=True, eq=False)
class SavedSession:
    """Objects in the order in which they were added, and what is known of each mask but itself."""

    session_id: str
    video: VideoEntry
    lora_mode: LoraMode
    objects: tuple[SavedObject, ...]
    versions: tuple[SavedVersion, ...]
