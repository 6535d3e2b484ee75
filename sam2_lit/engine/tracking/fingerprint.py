"""Tells models apart by their weights."""

import hashlib

import torch
from sam2.modeling.sam2_base import SAM2Base

_SAMPLED = 1024
"""Elements of each tensor: reading all of a large model would take seconds, and training changes nearly all."""


def fingerprint(model: SAM2Base) -> bytes:
    """Identifies a model, before it is prepared, by its image size and a sample of each of its weights."""
    digest = hashlib.sha256(str(model.image_size).encode())
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        elements = tensor.detach().reshape(-1)
        sample = elements[:: max(1, len(elements) // _SAMPLED)].float().cpu().contiguous()
        digest.update(sample.view(torch.uint8).numpy().tobytes())
    return digest.digest()
