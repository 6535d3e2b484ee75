"""Limits and memory budgets of the engine."""

from dataclasses import dataclass, field
from pathlib import Path

from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.records.results import LoraMode


@dataclass(frozen=True)
class EngineSettings:
    """- max_sessions: sessions in memory at once; the store holds any number.
    - session_idle: seconds after which a session that no call works on leaves memory.
    - upload_age: seconds after which an upload that no session uses is deleted; None is never.
    - max_objects: objects per session.
    - max_points: points per prompt.
    - max_propagations: streams of tracked frames, and calls that track first, at once.
    - max_user_sessions, max_user_propagations: a user's sessions in the store, and of `max_propagations`; None is no
      limit.
    - resume_timeout: seconds for which a propagation can be resumed whose client has left.
    - kept_events: the latest events of a propagation that can be sent again.
    - feature_budget: bytes of captured features per session.
    - memory_budget: bytes of tracked frames in memory per session; the others are in a file in `folder`.
    - shares_budgets: these two are of all sessions together, as is right for a GPU's memory.
    - batch_budget: bytes of keys and values of the objects that are tracked as one batch.
    - tracking_disk_budget: bytes of all sessions' tracked frames in files in `folder`, from which sessions resume.
      Frames that fit neither there nor in memory are tracked again when they are needed. None is no bound, and files
      that are deleted with the process.
    - mask_budget: bytes of masks in memory per session; the store holds all of them.
    - embedding_budget: bytes of image embeddings in the device's memory, cached for all sessions.
    - embedding_host_budget: bytes of further image embeddings in main memory, where the device has its own.
    - embedding_disk_budget: bytes of further image embeddings, in a file in `folder`.
    - folder: where these files are; None is the system's folder for temporary files.
    - lora_mode: the mode of a new session.
    """

    max_sessions: int = 32
    session_idle: float = 30 * 60
    upload_age: float | None = None
    max_objects: int = 64
    max_points: int = 1000
    max_propagations: int = 16
    max_user_sessions: int | None = None
    max_user_propagations: int | None = None
    resume_timeout: float = 120.0
    kept_events: int = 256
    feature_budget: int = 128 * 2**20
    memory_budget: int = 64 * 2**20
    shares_budgets: bool = False
    batch_budget: int = 512 * 2**20
    tracking_disk_budget: int | None = None
    mask_budget: int = 32 * 2**20
    embedding_budget: int = 256 * 2**20
    embedding_host_budget: int = 0
    embedding_disk_budget: int = 0
    folder: Path | None = None
    lora_mode: LoraMode = LoraMode.SUGGEST
    training: TrainingSettings = field(default_factory=TrainingSettings)
    banking: BankSettings = field(default_factory=BankSettings)
