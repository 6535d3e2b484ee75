"""Tells models apart by their weights."""

import hashlib

import torch
from sam2.modeling.sam2_base import SAM2Base


def fingerprint(model: SAM2Base) -> bytes:
    """Identifies the model by the weights that its memory depends on last, in the precision that they are stored in."""
    digest = hashlib.sha256(str(model.image_size).encode())
    for part in (model.memory_encoder, model.sam_mask_decoder):
        for name, tensor in part.state_dict().items():
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.digest()
