"""How adapters are trained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingSettings:
    """How an adapter is trained.

    - rank, alpha: of a fresh adapter; an initial adapter keeps its own.
    - focal_weight, dice_weight: the loss is `20 * focal + dice`, SAM 2's ratio for masks (arXiv 2408.00714,
      appendix D.2).
    - score_weight, score_margin: a hinge keeps the object-score logit at `score_margin` or more. The mask
      loss does not see that logit, which drifts as the tokens change; under zero SAM 2 blanks the mask.
    - max_steps: the most optimization steps of a fresh adapter; fine_tuning_steps: of an initial one.
    - sufficient_iou: training stops once the newest sample's mask reaches it.
    - handled_iou, patience, tolerance: once the mask has reached `handled_iou`, training stops when `patience` steps
      have not lowered the loss by the fraction `tolerance`.
    - learn_on_steps: the most optimization steps for which a training goes on after its answer, while the device is
      idle; learn_on_iou, learn_on_patience: until when.
    """

    rank: int = 8
    alpha: float = 16.0
    learning_rate: float = 7e-3
    max_steps: int = 60
    fine_tuning_steps: int = 60
    sufficient_iou: float = 0.8
    handled_iou: float = 0.7
    patience: int = 10
    tolerance: float = 0.02
    focal_weight: float = 20.0
    dice_weight: float = 1.0
    score_weight: float = 0.1
    score_margin: float = 2.0
    learn_on_steps: int = 0
    learn_on_iou: float = 0.9
    learn_on_patience: int = 40
    seed: int = 0
