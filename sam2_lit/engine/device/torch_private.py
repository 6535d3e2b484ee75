"""The private API of torch that sam2-lit uses, imported at start-up: a torch that lacks it is refused then.

pyproject.toml bounds torch to the releases that this was tested with.
"""

import torch

try:
    from torch._dynamo.exc import BackendCompilerFailed
except ImportError as error:
    raise ImportError(
        f"torch {torch.__version__} has changed a private interface ({error}): install a release within the bounds that"
        " sam2-lit's pyproject.toml gives"
    ) from error

__all__ = ["BackendCompilerFailed"]
