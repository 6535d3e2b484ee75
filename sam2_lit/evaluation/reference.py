"""The loop of the LIT paper's authors (arXiv 2603.26929), as settings of our engine on the same weights.

From their online evaluation: each correction trains. The first, and one that no adapter handles better than IoU 0.4
while there are fewer than three, trains a new adapter for at most 100 epochs; any other fine-tunes the best adapter for
20, with replay. AdamW at 1e-3 on 20 * focal + dice; the best epoch is kept, and 10 epochs without progress end a
training that has passed IoU 0.6. On a wrong frame the candidate with the highest true IoU is accepted if it reaches the
threshold. Adapters are trained on the ground truth, also where clicks were enough (`user.ReferenceUser`).

Unlike theirs, progress is measured by the loss instead of the IoU, and the projections keep their biases.
"""

from dataclasses import replace

from sam2_lit.engine.engine_settings import EngineSettings


def reference_settings(settings: EngineSettings) -> EngineSettings:
    """The settings with the authors' training and bank."""
    training = replace(
        settings.training,
        rank=8,
        alpha=16.0,
        learning_rate=1e-3,
        max_steps=100,
        fine_tuning_steps=20,
        sufficient_iou=1.0,
        handled_iou=0.6,
        patience=10,
        tolerance=0.0,
        focal_weight=20.0,
        dice_weight=1.0,
        score_weight=0.0,
        learn_on_steps=0,
    )
    banking = replace(settings.banking, handled_iou=0.4, max_adapters=3, max_replayed=8, strength=1.0)
    return replace(settings, training=training, banking=banking)
