"""Which mask to believe without ground truth: the tracker's or an adapter's."""

IOU_MARGIN = 0.02


def looks_better(*, candidate_iou: float, candidate_score: float, tracked_iou: float, tracked_score: float) -> bool:
    """Whether an adapter's mask looks better than the tracker's by the model's own estimates.

    It does where the object is in view by the candidate's object score (a logit), and either the tracker has lost it
    or the candidate's predicted IoU is higher by more than `IOU_MARGIN`.
    """
    if candidate_score <= 0:
        return False
    return tracked_score <= 0 or candidate_iou > tracked_iou + IOU_MARGIN
