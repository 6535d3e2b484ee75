"""The model that the engine runs."""

from typing import Self

import strawberry

from sam2_lit.records import results


@strawberry.type
class Model:
    name: str
    device: str
    image_size: int = strawberry.field(description="Side, in pixels, of the square that frames are resized to.")
    parameter_count: int
    checkpoint: str
    lora_targets: list[str] = strawberry.field(description="The projections that adapters are trained on.")

    @classmethod
    def of(cls, model: results.ModelInfo) -> Self:
        return cls(
            name=model.name,
            device=model.device,
            image_size=model.image_size,
            parameter_count=model.parameter_count,
            checkpoint=model.checkpoint,
            lora_targets=list(model.lora_targets),
        )
