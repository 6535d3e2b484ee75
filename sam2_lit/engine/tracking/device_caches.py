"""What the sessions of one device hold of its memory, beyond their masks."""

import threading
from weakref import WeakSet

import torch

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.device_memory import release_cached
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.observer import CacheUse
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.tracker import Tracker


class DeviceCaches:
    """The caches of a device, their budgets, and how they are dropped where memory runs out.

    With `settings.shares_budgets` the budgets of captured features and of tracked frames are of all sessions together;
    otherwise each session has its own.
    """

    def __init__(self, settings: EngineSettings, device: torch.device) -> None:
        self.embeddings = EmbeddingCache(
            settings.embedding_budget,
            settings.embedding_disk_budget,
            settings.folder,
            settings.embedding_host_budget,
        )
        self._settings = settings
        self._device = device
        self._features = CacheBudget(settings.feature_budget)
        self._frames = CacheBudget(settings.memory_budget)
        self._lock = threading.Lock()
        self._trackers: WeakSet[Tracker] = WeakSet()

    def feature_budget(self) -> CacheBudget:
        """The budget for the captured features of a new session."""
        return self._features if self._settings.shares_budgets else CacheBudget(self._settings.feature_budget)

    def frame_budget(self) -> CacheBudget:
        """The budget for the tracked frames of a new session."""
        return self._frames if self._settings.shares_budgets else CacheBudget(self._settings.memory_budget)

    def add(self, tracker: Tracker) -> None:
        """Counts a session's tracker, as long as it exists."""
        with self._lock:
            self._trackers.add(tracker)

    def release(self) -> None:
        """Drops all that can be made again. Called on the device's thread."""
        self.embeddings.release_memory()
        for tracker in self._open_trackers():
            tracker.release_caches()
        release_cached(self._device)

    def use(self) -> dict[str, CacheUse]:
        """What each cache holds and may hold; may be called on any thread."""
        trackers = self._open_trackers()
        owners = 1 if self._settings.shares_budgets else len(trackers)
        return {
            "embeddings": CacheUse(self.embeddings.nbytes, self._settings.embedding_budget),
            "features": CacheUse(
                sum(tracker.features.nbytes for tracker in trackers), owners * self._settings.feature_budget
            ),
            "frames": CacheUse(sum(tracker.pool.nbytes for tracker in trackers), owners * self._settings.memory_budget),
        }

    def close(self) -> None:
        self.embeddings.close()

    def _open_trackers(self) -> list[Tracker]:
        with self._lock:
            return list(self._trackers)
