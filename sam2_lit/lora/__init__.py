"""Low-rank adaptation of SAM 2's mask decoder on single corrections: tensors and modules, no sessions."""
