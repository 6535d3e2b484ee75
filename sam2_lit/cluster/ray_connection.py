"""Connects to a Ray cluster, or starts one on this machine."""

import os
from typing import Any

import ray

from sam2_lit.cluster.cluster_error import ClusterError

LOCAL = "auto"

_OBJECT_STORE_BYTES = 200 * 2**20
"""Of a Ray that is started here: what goes through it is smaller than masks of a video."""


def connect(address: str, namespace: str, cores: int = 1) -> None:
    """Connects this process to a cluster; `LOCAL` starts one, with at least so many CPU cores. Raises ClusterError."""
    options: dict[str, Any] = {"namespace": namespace, "log_to_driver": False, "logging_level": "warning"}
    if address == LOCAL:
        options |= {"include_dashboard": False, "object_store_memory": _OBJECT_STORE_BYTES}
        options["num_cpus"] = max(cores, os.cpu_count() or 1)
        address = "local"
    try:
        ray.init(address, **options)
    except Exception as error:
        line = first_line(error)
        if options.get("num_cpus") is None:
            # Ray does not say which of several reasons it was.
            line += "; RAY_AUTH_MODE and RAY_AUTH_TOKEN must be those of the cluster"
        raise ClusterError(f"--cluster {address} cannot be used: {line}") from error


def first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
