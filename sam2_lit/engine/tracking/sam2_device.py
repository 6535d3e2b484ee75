"""SAM 2 on one device: the device's thread, the predictor, and the caches that sessions share."""

from typing import cast

from sam2_lit.engine.device.steps import Rank
from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.observer import CacheUse, EngineObserver, NoObserver
from sam2_lit.engine.tracking.device_caches import DeviceCaches
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.engine.tracking.tracking_files import EpochOf, TrackingFiles
from sam2_lit.lora.layers import lora_targets
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.results import ModelInfo


class Sam2Device:
    """Implements `TrackingDevice`. Several may exist in one process, each with a model and a thread of its own."""

    def __init__(
        self,
        model: LoadedModel,
        settings: EngineSettings,
        observer: EngineObserver | None = None,
        epoch_of: EpochOf = lambda session_id: None,
    ) -> None:
        """`epoch_of` is that of `TrackingFiles`."""
        reported_to = observer or NoObserver()

        def on_step(rank: Rank, seconds: float) -> None:
            reported_to.step_finished(rank.name.lower(), seconds)

        self.worker = DeviceWorker(on_step)
        self.lora_model = cast(LitPredictor, model.predictor)
        self.lora_model.prepare(preemption=self.worker, dtype=model.dtype)
        self.training_graphs = TrainingGraphs()
        self.model = ModelInfo(
            name=model.name,
            device=str(model.device),
            image_size=model.image_size,
            parameter_count=model.parameter_count,
            checkpoint=model.checkpoint,
            lora_targets=lora_targets(self.lora_model.sam_mask_decoder),
            prompts_are_local=model.prompts_are_local,
            fingerprint=self.lora_model.weights_id.hex(),
        )
        # What was tracked in another precision is not what would be tracked now.
        identity = self.lora_model.weights_id + str(self.lora_model.compute_dtype).encode()
        self._files = TrackingFiles(settings.folder, settings.tracking_disk_budget, identity, epoch_of)
        self._caches = DeviceCaches(settings, self.lora_model.device)
        self.lora_model.batch_bytes = settings.batch_budget

    def open_tracker(self, reader: VideoReader, video_id: str, session_id: str, frame_step: int) -> Tracker:
        encode, caches = self.lora_model.encode_image, self._caches
        device = self.lora_model.device
        frames = FrameSource(reader, self.model.image_size, encode, caches.embeddings, video_id, self.worker, device)
        tracker = Tracker(
            self.lora_model,
            frames,
            caches.feature_budget(),
            caches.frame_budget(),
            self._files.open(session_id),
            frame_step,
            self.release_memory,
        )
        caches.add(tracker)
        return tracker

    def discard_video(self, video_id: str) -> None:
        self._caches.embeddings.discard_video(video_id)

    def discard_session(self, session_id: str) -> None:
        self._files.discard(session_id)

    def cache_use(self) -> dict[str, CacheUse]:
        return self._caches.use()

    def release_memory(self) -> None:
        self.training_graphs.release()
        self.lora_model.release_graphs()
        self._caches.release()

    def close(self) -> None:
        self.worker.close()
        self._caches.close()
