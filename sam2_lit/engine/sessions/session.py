"""One user's work on one video, as steps for the device's thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import torch
from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.adapter_selection import better, first_trusted, is_near
from sam2_lit.engine.models.loading import autocast
from sam2_lit.engine.object_memory import ObjectMemory, TrackedFrame
from sam2_lit.engine.sessions.mask_book import MaskBook
from sam2_lit.engine.sessions.propagation import PropagationPlan, Visit, plan_visits
from sam2_lit.engine.video_tracker import (
    PREFETCHED_FRAMES,
    ChooseAdapter,
    ObjectEstimate,
    ObjectMask,
    TrackingDevice,
    VideoTracker,
)
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank, AdapterCandidate, BankSettings
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.targets import target_from_mask, target_region
from sam2_lit.lora.trainer import Sample, TrainingResult, TrainingSettings, TrainingStep, train
from sam2_lit.media.library import Video
from sam2_lit.records import masks
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import MaskPrompt, Prompt
from sam2_lit.records.results import (
    Candidate,
    FrameMasks,
    LoraMode,
    Mask,
    MaskSource,
    PropagatedFrame,
    PropagationDirection,
    TrainedAdapter,
    TrainingProgress,
)
from sam2_lit.store.saved_session import SavedSession
from sam2_lit.store.session_journal import SessionJournal

logger = logging.getLogger("sam2_lit.lora")


@dataclass(frozen=True)
class Proposal:
    """A candidate before its mask is encoded: bool [H, W] at the size of the video."""

    adapter_id: str
    object_id: int
    mask: BoolMask
    predicted_iou: float
    object_score: float


@dataclass(frozen=True)
class _LatestMask:
    """The mask that tracking an object made last, on which frame, after which change of a prompt."""

    frame_index: int
    change: int
    made: ObjectMask


@dataclass(frozen=True)
class TrackedStep:
    """What one step of a propagation made, before masks are encoded."""

    frame_index: int
    reverse: bool
    made: list[ObjectMask]
    proposals: list[Proposal]
    completed: int
    total: int
    revision: int


class Session:
    """Prompts, masks and adapters of one session.

    Methods that return `Steps` run on the device's thread; `finish` runs beside it; the rest only reads. Objects
    stay when their last prompt is cleared, and keep their adapters; the tracker knows only those that are prompted.
    Every change is written to the journal; where a step fails between two changes, `journal.failure` says so, and the
    session is to be taken up anew.

    A session that was taken up from the store knows its prompts and masks, but not the memory of the frames that were
    tracked: `_lost` are those frames, and whether they were tracked in reverse. What needs their memory tracks them
    again first (`recover`) under the prompts as they are now; their masks stay.
    """

    def __init__(
        self,
        video: Video,
        device: TrackingDevice,
        tracker: VideoTracker,
        journal: SessionJournal,
        book: MaskBook,
        lora_mode: LoraMode,
        training: TrainingSettings,
        banking: BankSettings,
    ) -> None:
        self.session_id = journal.session_id
        self.video = video
        self.lora_mode = lora_mode
        self.banks: dict[int, AdapterBank] = {}
        self.tracker = tracker
        self.journal = journal
        # A tracker without a decoder of SAM 2's captures no features, so nothing asks for it there.
        self._predictor = cast(SAM2Base, device.lora_model)
        self._training = training
        self._banking = banking
        self._masks = book
        self._passed: dict[tuple[int, int], bool] = {}
        self._latest: dict[int, _LatestMask] = {}
        self._lost: dict[int, bool] = {}

    def restore(self, saved: SavedSession) -> Steps[None, None]:
        """Takes up where a session was left: its prompts, masks and adapters, without running the model."""
        yield from ()
        for each in saved.objects:
            bank = self.banks[each.object_id] = AdapterBank(self._banking)
            for record, adapter in each.adapters:
                bank.restore(record, adapter.to(self._predictor.device))
            if not each.frames:
                continue
            prompted = {frame.frame_index: frame for frame in each.frames}
            tracked = {
                made.frame_index: TrackedFrame(made.reverse, made.version)
                for made in saved.versions
                if made.object_id == each.object_id and made.frame_index not in prompted
            }
            written = {index: each.prompt_changes[index] for index in prompted}
            written |= {index: frame.version for index, frame in tracked.items()}
            memory = ObjectMemory(list(prompted), tracked, written, each.prompt_changes)
            conditioning = {index: frame.conditioning for index, frame in prompted.items()}
            self.tracker.restore(each.object_id, memory, conditioning)
            passed = {index: frame.reverse for index, frame in prompted.items() if frame.reverse is not None}
            self._passed |= {(each.object_id, index): reverse for index, reverse in passed.items()}
            self._lost |= {index: frame.reverse for index, frame in tracked.items()} | passed
        self._masks.restore(made.frame_index for made in saved.versions)

    def recover(self, frame_index: int) -> Steps[None, None]:
        """Brings back the memory of a frame that was tracked before the session was taken up, if it was."""
        if frame_index not in self._lost:
            return
        reverse = self._lost[frame_index]
        ahead = sorted(
            (
                index
                for index, way in self._lost.items()
                if way is reverse and (index >= frame_index if reverse else index <= frame_index)
            ),
            reverse=reverse,
        )
        if reverse:
            # Going backward began where going forward had begun, with the memory of the frames after.
            yield from self._recover_after(ahead[0])
        for index in ahead:
            if index not in self._lost:
                continue
            current = {owner for owner, memory in self.tracker.memories.items() if memory.is_current(index)}
            self.tracker.prefetch([each for each in ahead if each in range(index, index + PREFETCHED_FRAMES + 1)])
            made = self._track(index, reverse, again=True)
            with self.journal.transaction():
                self._keep_all(index, [each for each in made if each[0].object_id not in current], reverse)
            self._lost.pop(index, None)
            yield

    def prompt(
        self, object_id: int, frame_index: int, prompt: Prompt, interaction: Interaction
    ) -> Steps[None, FrameMasks]:
        """Takes a prompt; one step where nothing is to be regained."""
        yield from self.recover(frame_index)
        made = self.tracker.prompt(object_id, frame_index, prompt)
        self._keep_prompt(frame_index, prompt, made, MaskSource.PROMPT, interaction)
        return self._on_frame(frame_index)

    def clear(self, object_id: int, frame_index: int, interaction: Interaction) -> Steps[None, FrameMasks]:
        """Removes a frame's prompts. Where the tracker had passed the frame, its own mask comes back."""
        yield from self.recover(frame_index)
        memory = self.tracker.memories.get(object_id)
        if memory is None or frame_index not in memory.prompted:
            return self._on_frame(frame_index)
        with self.journal.fail_on_error():
            passed = memory.passed.get(frame_index)
            self.tracker.clear(object_id, frame_index)
            stays = object_id in self.tracker.memories
            made = self._track(frame_index, passed) if stays and passed is not None else []
            self._passed.pop((object_id, frame_index), None)
            with self.journal.transaction():
                self.journal.log(interaction)
                self.journal.clear_prompts(object_id, frame_index)
                if stays:
                    self.journal.set_prompt_changes(object_id, memory.prompt_changes)
                    self._masks.discard(frame_index, object_id)
                    self._keep_all(frame_index, made, bool(passed))
                else:
                    self._masks.remove_object(object_id, self.tracker.memories.clock)
        return self._on_frame(frame_index)

    def clear_all(self, interaction: Interaction) -> Steps[None, None]:
        """Removes every prompt and mask; objects and their adapters stay."""
        yield from ()
        with self.journal.transaction():
            self.journal.log(interaction)
            self._forget_prompts()

    def reset(self, interaction: Interaction) -> Steps[None, None]:
        """Removes every object with its prompts, masks and adapters."""
        yield from ()
        with self.journal.transaction():
            self.journal.log(interaction)
            self._forget_prompts()
            self.journal.remove_objects()
            self.banks.clear()

    def remove(self, object_id: int, interaction: Interaction) -> Steps[None, list[FrameMasks]]:
        """Removes an object. Returns the frames it was prompted on, with the masks that remain there."""
        yield from ()
        memory = self.tracker.memories.get(object_id)
        frames = sorted(memory.prompted) if memory else []
        with self.journal.transaction():
            self.journal.log(interaction)
            if memory is not None:
                self.tracker.remove(object_id)
            self._masks.remove_object(object_id, self.tracker.memories.clock)
            self.journal.remove_object(object_id)
            del self.banks[object_id]
            self._passed = {key: reverse for key, reverse in self._passed.items() if key[0] != object_id}
        return [self._on_frame(frame_index) for frame_index in frames]

    def rename(self, object_id: int, name: str | None) -> Steps[None, None]:
        yield from ()
        with self.journal.transaction():
            self.journal.name_object(object_id, name)

    def set_lora_mode(self, mode: LoraMode) -> Steps[None, None]:
        yield from ()
        with self.journal.transaction():
            self.journal.set_lora_mode(mode)
            self.lora_mode = mode

    def track_to(self, frame_index: int) -> Steps[None, FrameMasks]:
        """Tracks every frame on the way to `frame_index` that has no current mask, in order; one step a frame."""
        while True:
            change = self.tracker.memories.last_change
            path = self.tracker.memories.path_to(frame_index)
            for index in path:
                if self.tracker.memories.is_current(index):
                    continue
                ahead = range(index, index + path.step * (PREFETCHED_FRAMES + 1), path.step)
                self.tracker.prefetch([frame for frame in ahead if frame in path])
                yield from self._recover_around(index, path.step < 0)
                made = self._track(index, path.step < 0)
                with self.journal.transaction():
                    self._keep_all(index, made, path.step < 0)
                self._lost.pop(index, None)
                yield
                # A prompt that came between two steps makes frames stale that were passed already.
                if self.tracker.memories.last_change != change:
                    break
            else:
                return self._on_frame(frame_index)

    def propagate(
        self, start: int, direction: PropagationDirection, max_frames: int | None
    ) -> Steps[TrackedStep | None, None]:
        """Tracks frame by frame; what is tracked already is tracked again, as the official predictor does.

        Ends early when the last prompt of the last object goes. A step without a frame regains memory.
        """
        if direction is not PropagationDirection.BACKWARD:
            yield from self._recover_around(start, reverse=False)
        if direction is not PropagationDirection.FORWARD:
            yield from self._recover_around(start, reverse=True)
        visits = plan_visits(self.tracker.frame_count, start, direction, max_frames)
        plan = PropagationPlan(self.tracker, visits)
        while (visit := plan.next()) is not None and self.tracker.memories:
            self.tracker.prefetch([visit.frame_index, *plan.upcoming(PREFETCHED_FRAMES)])
            made = self.tracker.track(
                visit.frame_index, visit.reverse, again=not plan.is_revisit(), choose=self._chooser(visit)
            )
            self._note_passed(visit.frame_index, visit.reverse)
            self._lost.pop(visit.frame_index, None)
            proposals = self._suggest(visit, made)
            self._note_latest(visit.frame_index, made)
            plan.done()
            yield TrackedStep(
                visit.frame_index, visit.reverse, made, proposals, plan.completed, plan.total, plan.revision
            )

    def finish(self, step: TrackedStep) -> PropagatedFrame:
        """Encodes and keeps the masks of a step."""
        made = [(_encoded(each, _source(each)), each.version) for each in step.made]
        with self.journal.transaction():
            self._keep_all(step.frame_index, made, step.reverse)
        return PropagatedFrame(
            frame_index=step.frame_index,
            masks=self._on_frame(step.frame_index).masks,
            completed=step.completed,
            total=step.total,
            revision=step.revision,
            suggestions=tuple(self._candidate(step.frame_index, proposal) for proposal in step.proposals),
        )

    def capture(self, object_id: int, frame_index: int) -> Steps[None, DecoderFeatures]:
        """The features that the mask decoder sees on a frame, as the object's memory stands now.

        Tracks up to the frame first where they are missing or stale.

        Raises:
            LitError: FEATURES_NOT_CAPTURED on the object's first prompted frame, which has no memory to track from.
        """
        memory = self.tracker.memories.get(object_id)
        if memory is None or memory.prompted[0] == frame_index:
            raise LitError(
                ErrorCode.FEATURES_NOT_CAPTURED,
                f"frame {frame_index} is the first prompted frame of object {object_id}: there is no memory to track "
                "it from, so no memory-conditioned features to train on; correct a later or earlier frame",
            )
        yield from self._recover_for(object_id, frame_index)
        captured = self.tracker.captured(object_id, frame_index)
        if captured is None:
            yield from self.track_to(frame_index)
            captured = self.tracker.captured(object_id, frame_index) or self.tracker.capture(object_id, frame_index)
        logger.info("Features captured successfully. Shape: %s", captured.features.image_embedding.shape)
        return captured.features

    def sample(self, object_id: int, frame_index: int, mask: BoolMask | None) -> Steps[None, Sample]:
        """What an adapter trains on: captured features and the mask wanted, by default the one the session holds.

        Raises:
            LitError: NO_PROMPTS where there is no correction on the frame and no `mask`; FEATURES_NOT_CAPTURED;
                LORA_NOT_TRAINED where the mask is empty.
        """
        memory = self.tracker.memories.get(object_id)
        if mask is None:
            kept = self._masks.get(frame_index, object_id)
            if memory is None or frame_index not in memory.prompted or kept is None:
                raise LitError(
                    ErrorCode.NO_PROMPTS,
                    f"object {object_id} has no correction on frame {frame_index}; correct it first, or send rleMask",
                )
            mask = masks.decode(kept.rle)
        features = yield from self.capture(object_id, frame_index)
        target = target_from_mask(torch.from_numpy(mask).to(self._predictor.device), features.mask_size)
        return Sample(features=features, target=target, frame_index=frame_index)

    def correct(
        self, object_id: int, frame_index: int, prompt: Prompt, wants_features: bool, interaction: Interaction
    ) -> Steps[None, tuple[FrameMasks, Sample | LitError | None]]:
        """Takes a correction, and gathers what to train on from it, or the reason why it cannot be."""
        features: DecoderFeatures | LitError | None = None
        if wants_features:
            try:
                features = yield from self.capture(object_id, frame_index)
            except LitError as refusal:
                features = refusal
        frame = yield from self.prompt(object_id, frame_index, prompt, interaction)
        if not isinstance(features, DecoderFeatures):
            return frame, features
        made = self._masks.get(frame_index, object_id)
        assert made is not None
        wanted = prompt.mask if isinstance(prompt, MaskPrompt) else masks.decode(made.rle)
        try:
            target = target_from_mask(torch.from_numpy(wanted).to(self._predictor.device), features.mask_size)
        except LitError as refusal:
            return frame, refusal
        return frame, Sample(features=features, target=target, frame_index=frame_index)

    def train(
        self, object_id: int, sample: Sample, interaction: Interaction, report: Callable[[TrainingProgress], None]
    ) -> Steps[None, TrainingProgress]:
        """Trains an adapter of the object on a sample; one step a training step. `report` hears of each.

        Returns the progress that names the adapter, to be told once the adapter is kept.
        """
        bank = self.banks[object_id]
        choice = bank.choose(self._predictor, sample)
        yield
        training = train(self._predictor, choice.samples, self._training, choice.initial)
        while True:
            try:
                step = next(training)
            except StopIteration as stop:
                result: TrainingResult = stop.value
                break
            report(_progress(object_id, sample, step, None))
            yield
        if self.banks.get(object_id) is not bank:
            raise LitError(ErrorCode.OBJECT_NOT_FOUND, f"object {object_id} was removed while its adapter was trained")
        with self.journal.transaction():
            if choice.adapter_id is None:
                record = bank.add(result, sample)
            else:
                record = bank.replace(choice.adapter_id, result, sample)
            trained = TrainedAdapter(object_id, record)
            self.journal.put_adapter(trained, result.adapter)
            self.journal.log_training(interaction.id, trained, None)
        return _progress(object_id, sample, step, trained)

    def skip_training(self, interaction: Interaction, code: ErrorCode) -> Steps[None, None]:
        """Writes down why no adapter came of an interaction."""
        yield from ()
        with self.journal.transaction():
            self.journal.log_training(interaction.id, None, code.value)

    def log(self, interaction: Interaction) -> Steps[None, None]:
        yield from ()
        with self.journal.transaction():
            self.journal.log(interaction)

    def reset_lora(self, object_id: int | None, interaction: Interaction) -> Steps[None, None]:
        """Forgets the adapters of an object, or of every object."""
        yield from ()
        with self.journal.transaction():
            self.journal.log(interaction)
            self.journal.remove_adapters(object_id)
            for owner, bank in self.banks.items():
                if object_id in (None, owner):
                    bank.reset()

    def close(self) -> Steps[None, None]:
        """Lets go of the video."""
        yield from ()
        self.tracker.close()

    def candidates(self, object_id: int, frame_index: int) -> Steps[None, list[Candidate]]:
        """Masks that the object's adapters propose for a frame, the one with the nearest correction first.

        Raises:
            LitError: FEATURES_NOT_CAPTURED where the frame was never tracked.
        """
        if not self.banks[object_id].records:
            return []
        yield from self._recover_for(object_id, frame_index)
        features = self._features_now(object_id, frame_index)
        return [
            self._candidate(frame_index, self._proposal(object_id, each))
            for each in self._ranked(object_id, frame_index, features)
        ]

    def apply_candidate(
        self, object_id: int, frame_index: int, adapter_id: str, interaction: Interaction
    ) -> Steps[None, FrameMasks]:
        """Takes an adapter's mask for a frame as the object's mask there; later frames track from it.

        Raises:
            LitError: LORA_NOT_TRAINED, ADAPTER_NOT_FOUND, FEATURES_NOT_CAPTURED, or INVALID_MASK where the
                adapter's mask is empty.
        """
        bank = self.banks[object_id]
        known = [record.adapter_id for record in bank.records]
        if not known:
            raise LitError(
                ErrorCode.LORA_NOT_TRAINED,
                f"object {object_id} has no adapter yet; a correction on a tracked frame trains one",
            )
        if adapter_id not in known:
            raise LitError(
                ErrorCode.ADAPTER_NOT_FOUND,
                f"object {object_id} has no adapter {adapter_id!r}; it has {', '.join(known)}",
            )
        features = yield from self.capture(object_id, frame_index)
        proposal = next(
            self._proposal(object_id, each)
            for each in self._ranked(object_id, frame_index, features)
            if each.adapter_id == adapter_id
        )
        if not proposal.mask.any():
            raise LitError(
                ErrorCode.INVALID_MASK,
                f"adapter {adapter_id} finds nothing on frame {frame_index}; nothing was applied",
            )
        prompt = MaskPrompt(proposal.mask)
        made = self.tracker.prompt(object_id, frame_index, prompt)
        accepted = replace(made, predicted_iou=proposal.predicted_iou, object_score=proposal.object_score)
        self._keep_prompt(frame_index, prompt, accepted, MaskSource.LORA, interaction)
        return self._on_frame(frame_index)

    def _features_now(self, object_id: int, frame_index: int) -> DecoderFeatures:
        # Reads only: a frame whose features are stale is run through once more, and nothing of it is kept as a mask.
        memory = self.tracker.memories.get(object_id)
        known = memory is not None and (frame_index in memory.tracked or frame_index in memory.prompted[1:])
        if not known:
            raise LitError(
                ErrorCode.FEATURES_NOT_CAPTURED,
                f"object {object_id} was not tracked on frame {frame_index}; track it first, with propagateToFrame",
            )
        captured = self.tracker.captured(object_id, frame_index)
        return (captured or self.tracker.capture(object_id, frame_index)).features

    def _chooser(self, visit: Visit) -> ChooseAdapter | None:
        if self.lora_mode is not LoraMode.AUTO or not any(bank.records for bank in self.banks.values()):
            return None

        def choose(object_id: int, estimate: ObjectEstimate) -> Adapter | None:
            bank = self.banks[object_id]
            distances = bank.distances(visit.frame_index)
            if not any(map(is_near, distances.values())):
                return None
            trusted = first_trusted(self._better(object_id, visit, estimate.features), distances)
            return bank.adapter(trusted.adapter_id) if trusted else None

        return choose

    def _suggest(self, visit: Visit, made: list[ObjectMask]) -> list[Proposal]:
        if self.lora_mode is not LoraMode.SUGGEST:
            return []
        return [
            self._proposal(mask.object_id, each)
            for mask in made
            if self.banks[mask.object_id].records
            for each in self._better(mask.object_id, visit, self._features_now(mask.object_id, visit.frame_index))
        ]

    def _better(self, object_id: int, visit: Visit, features: DecoderFeatures) -> list[AdapterCandidate]:
        """The adapters' masks that look better than the tracker's; none where the frame before shows no object."""
        bank = self.banks[object_id]
        before = self._mask_before(object_id, visit) if bank.records else None
        if before is None or not before.any():
            return []
        with autocast(self._predictor.device):
            tracked, candidates = bank.compare(self._predictor, features)
        target = target_from_mask(torch.from_numpy(before).to(self._predictor.device), features.mask_size)
        return better(tracked, candidates, target_region(target))

    def _mask_before(self, object_id: int, visit: Visit) -> BoolMask | None:
        """The object's mask on the frame that tracking comes from."""
        frame_index = visit.frame_index + (1 if visit.reverse else -1)
        latest = self._latest.get(object_id)
        if latest is not None and (latest.frame_index, latest.change) == (
            frame_index,
            self.tracker.memories.last_change,
        ):
            return latest.made.mask
        kept = self._masks.get(frame_index, object_id)
        return masks.decode(kept.rle) if kept else None

    def _note_latest(self, frame_index: int, made: list[ObjectMask]) -> None:
        # Encoding runs beside, so the mask book may not have the last frame yet when the next one needs it.
        for each in made:
            self._latest[each.object_id] = _LatestMask(frame_index, self.tracker.memories.last_change, each)

    def _ranked(self, object_id: int, frame_index: int, features: DecoderFeatures) -> list[AdapterCandidate]:
        """The adapters' masks, the adapter with the nearest correction first: an object looks as it did a moment ago.

        Of candidates on wrong frames of validation clips, the first is right about twice as often in this order
        as by predicted IoU (`python -m benchmarks.choice`).
        """
        bank = self.banks[object_id]
        with autocast(self._predictor.device):
            candidates = bank.candidates(self._predictor, features)
        distances = bank.distances(frame_index)
        return sorted(candidates, key=lambda each: distances[each.adapter_id])

    def _proposal(self, object_id: int, candidate: AdapterCandidate) -> Proposal:
        return Proposal(
            adapter_id=candidate.adapter_id,
            object_id=object_id,
            mask=self.tracker.at_video_size(candidate.mask.visible_logits),
            predicted_iou=float(candidate.mask.predicted_iou),
            object_score=float(candidate.mask.object_score),
        )

    def _candidate(self, frame_index: int, proposal: Proposal) -> Candidate:
        kept = self._masks.get(frame_index, proposal.object_id)
        return Candidate(
            adapter_id=proposal.adapter_id,
            object_id=proposal.object_id,
            frame_index=frame_index,
            rle=masks.encode(proposal.mask),
            predicted_iou=proposal.predicted_iou,
            object_score=proposal.object_score,
            agreement=masks.iou(proposal.mask, masks.decode(kept.rle)) if kept else 0.0,
        )

    def _on_frame(self, frame_index: int) -> FrameMasks:
        return self._masks.on_frame(frame_index, list(self.banks))

    def _recover_for(self, object_id: int, frame_index: int) -> Steps[None, None]:
        """Brings back a frame, and the memory that running it once more reads."""
        yield from self.recover(frame_index)
        if object_id in self.tracker.memories:
            yield from self._recover_around(frame_index, self.tracker.memories.direction_to(object_id, frame_index))

    def _recover_around(self, frame_index: int, reverse: bool) -> Steps[None, None]:
        """Brings back the memory that tracking a frame reads."""
        if reverse:
            yield from self._recover_after(frame_index)
            return
        for index in range(frame_index - 1, frame_index - self.tracker.reach - 1, -1):
            yield from self.recover(index)

    def _recover_after(self, frame_index: int) -> Steps[None, None]:
        for index in range(frame_index + self.tracker.reach, frame_index, -1):
            yield from self.recover(index)

    def _track(self, frame_index: int, reverse: bool, *, again: bool = False) -> list[tuple[Mask, int]]:
        """The masks that tracking a frame makes, with their stamps; `again` also where they are current."""
        choose = self._chooser(Visit(frame_index, reverse))
        made = self.tracker.track(frame_index, reverse, again=again, choose=choose)
        self._note_passed(frame_index, reverse)
        self._note_latest(frame_index, made)
        return [(_encoded(each, _source(each)), each.version) for each in made]

    def _note_passed(self, frame_index: int, reverse: bool) -> None:
        passed = {
            (object_id, frame_index): reverse
            for object_id, memory in self.tracker.memories.items()
            if frame_index in memory.prompted and self._passed.get((object_id, frame_index)) != reverse
        }
        if passed:
            self._passed |= passed
            with self.journal.transaction():
                for object_id, _ in passed:
                    self.journal.pass_prompt(object_id, frame_index, reverse)

    def _keep_all(self, frame_index: int, made: list[tuple[Mask, int]], reverse: bool) -> None:
        for mask, version in made:
            self._masks.put(frame_index, mask, version, reverse)

    def _keep_prompt(
        self, frame_index: int, prompt: Prompt, made: ObjectMask, source: MaskSource, interaction: Interaction
    ) -> None:
        object_id = made.object_id
        conditioning = self.tracker.conditioning(object_id, frame_index)
        mask = _encoded(made, source)
        with self.journal.transaction():
            self.journal.log(interaction)
            if object_id not in self.banks:
                self.banks[object_id] = AdapterBank(self._banking)
                self.journal.add_object(object_id)
            self.journal.prompt(object_id, frame_index, prompt, conditioning)
            self.journal.set_prompt_changes(object_id, self.tracker.memories[object_id].prompt_changes)
            self._masks.put(frame_index, mask, made.version, False)

    def _forget_prompts(self) -> None:
        self.tracker.reset()
        for object_id in self.banks:
            self._masks.remove_object(object_id, self.tracker.memories.clock)
        self.journal.clear_prompts()
        self._passed.clear()
        self._lost.clear()


def _encoded(made: ObjectMask, source: MaskSource) -> Mask:
    return Mask(made.object_id, masks.encode(made.mask), made.predicted_iou, made.object_score, source)


def _source(made: ObjectMask) -> MaskSource:
    return MaskSource.LORA if made.by_adapter else MaskSource.TRACKED


def _progress(object_id: int, sample: Sample, step: TrainingStep, adapter: TrainedAdapter | None) -> TrainingProgress:
    return TrainingProgress(object_id, sample.frame_index, step.step, step.steps, step.loss, step.iou, adapter)
