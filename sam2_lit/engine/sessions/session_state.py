"""The state of one session: its tracker, its objects' adapters, its masks and its journal."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.memory_relief import with_relief
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.sessions.mask_book import MaskBook
from sam2_lit.engine.video_tracker import ObjectMask, TrackingDevice, VideoTracker
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.media.catalog import Video
from sam2_lit.records.masks import RLE, no_mask
from sam2_lit.records.results import FrameMasks, LoraMode, Mask, MaskSource
from sam2_lit.records.users import NO_OWNER, Owner
from sam2_lit.store.session_journal import SessionJournal

R = TypeVar("R")


@dataclass(frozen=True)
class LatestMask:
    """The mask that tracking an object made last: on which frame, and after which change of a prompt."""

    frame_index: int
    last_change: int
    mask: ObjectMask


@dataclass(frozen=True)
class GivenMask:
    """A mask that a frame had before clicks, drawn, imported, accepted or tracked, and the clicks that have changed it.

    `points` and `labels` are as in `PointPrompt`.
    """

    rle: RLE
    points: tuple[tuple[float, float], ...] = ()
    labels: tuple[int, ...] = ()


@dataclass(eq=False)
class SessionState:
    """One user's work on one video.

    Steps on the device's thread change it, and write every change to the journal. Where a step fails between two
    changes, `journal.failure` is set, and the session must be loaded again from the store.

    - banks: the adapters of every object, by object id, in the order in which objects were added. An object whose last
      prompt is cleared keeps its adapters; the tracker knows only objects that have prompts.
    - consolidated: the version up to which the store has prompts as consolidated (`ObjectMemories.consolidated`).
    - latest: by object id. A mask is encoded on another thread, so `masks` may not have that of the last frame yet.
    - given_masks: by object and frame, where the frame's prompts begin with a mask.
    """

    video: Video
    device: TrackingDevice
    tracker: VideoTracker
    journal: SessionJournal
    masks: MaskBook
    lora_mode: LoraMode
    settings: EngineSettings
    owner: Owner = NO_OWNER
    banks: dict[int, AdapterBank] = field(default_factory=dict)
    consolidated: int = 0
    latest: dict[int, LatestMask] = field(default_factory=dict)
    given_masks: dict[tuple[int, int], GivenMask] = field(default_factory=dict)

    @property
    def session_id(self) -> str:
        return self.journal.session_id

    @property
    def lora_model(self) -> SAM2Base:
        """The model whose mask decoder adapters are trained on.

        Raises LitError (FEATURES_NOT_CAPTURED) where the tracker has no such decoder.
        """
        model = self.device.lora_model
        if model is None:
            raise LitError(
                ErrorCode.FEATURES_NOT_CAPTURED,
                f"the model {self.device.model.name} has no mask decoder to train adapters on; "
                "corrections are tracked on from without training",
            )
        return model

    def relieved(self, run: Callable[[], R]) -> R:
        """The result of `run`, which changes nothing where it fails; once more without caches where memory ran out."""
        return with_relief(run, self.device.release_memory)

    def masks_on(self, frame_index: int) -> FrameMasks:
        """The masks of a frame, in the order in which objects were added."""
        return self.masks.on_frame(frame_index, list(self.banks))

    def all_masks_on(self, frame_index: int) -> FrameMasks:
        """As `masks_on`, with an empty mask for every object that has none: clients are to replace what they show."""
        found = {mask.object_id: mask for mask in self.masks_on(frame_index).masks}
        if len(found) == len(self.banks):
            return FrameMasks(frame_index, tuple(found.values()))
        empty = no_mask(self.video.info.width, self.video.info.height)
        return FrameMasks(
            frame_index,
            tuple(found.get(owner) or Mask(owner, empty, None, None, MaskSource.TRACKED) for owner in self.banks),
        )

    def forget_given_masks(self, object_id: int, frames: Collection[int] | None = None) -> None:
        """Forgets the given masks of an object, on these frames or on all."""
        for owner, frame_index in list(self.given_masks):
            if owner == object_id and (frames is None or frame_index in frames):
                del self.given_masks[owner, frame_index]

    def absent_mask(self, object_id: int) -> Mask:
        """The mask of an object that is not there."""
        return Mask(object_id, no_mask(self.video.info.width, self.video.info.height), None, None, MaskSource.ABSENT)
