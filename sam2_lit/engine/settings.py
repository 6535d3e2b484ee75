"""Limits and habits of the engine."""

from dataclasses import dataclass, field

from sam2_lit.engine.records import LoraMode
from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.trainer import TrainingSettings


@dataclass(frozen=True)
class EngineSettings:
    """- max_sessions: sessions held in memory; the store has any number.
    - max_objects: objects of a session.
    - max_points: points of a prompt.
    - max_propagations: streams of tracked frames at once.
    - feature_budget: bytes of captured features that a session may hold.
    """

    max_sessions: int = 32
    max_objects: int = 64
    max_points: int = 1000
    max_propagations: int = 16
    feature_budget: int = 512 * 2**20
    lora_mode: LoraMode = LoraMode.SUGGEST
    training: TrainingSettings = field(default_factory=TrainingSettings)
    banking: BankSettings = field(default_factory=BankSettings)
