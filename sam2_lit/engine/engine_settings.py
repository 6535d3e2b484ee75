"""Limits and habits of the engine."""

from dataclasses import dataclass, field
from pathlib import Path

from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.trainer import TrainingSettings
from sam2_lit.records.results import LoraMode


@dataclass(frozen=True)
class EngineSettings:
    """- max_sessions: sessions held in memory; the store has any number.
    - max_objects: objects of a session.
    - max_points: points of a prompt.
    - max_propagations: streams of tracked frames at once.
    - feature_budget: bytes of captured features that a session may hold.
    - memory_budget: bytes of tracked frames that a session may hold in memory; the others go to a file in `folder`.
    - mask_budget: bytes of masks that a session may hold in memory; the store has all of them.
    - embedding_budget: bytes of image embeddings kept for second passes, of all sessions.
    - embedding_disk_budget: bytes of image embeddings beyond those, in a file in `folder`.
    - folder: where such files are; None is the system's for temporary files.
    """

    max_sessions: int = 32
    max_objects: int = 64
    max_points: int = 1000
    max_propagations: int = 16
    feature_budget: int = 128 * 2**20
    memory_budget: int = 64 * 2**20
    mask_budget: int = 32 * 2**20
    embedding_budget: int = 256 * 2**20
    embedding_disk_budget: int = 0
    folder: Path | None = None
    lora_mode: LoraMode = LoraMode.SUGGEST
    training: TrainingSettings = field(default_factory=TrainingSettings)
    banking: BankSettings = field(default_factory=BankSettings)
