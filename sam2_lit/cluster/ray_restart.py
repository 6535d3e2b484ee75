"""Restarts the workers of a cluster one after the other."""

import time
from collections.abc import Iterator
from typing import Any

import ray
from ray.exceptions import RayActorError

from sam2_lit.cluster.cluster_error import ClusterError
from sam2_lit.cluster.ray_connection import connect

_PAUSE_SECONDS = 0.1
_MOST_SECONDS = 600.0


def restart_all(address: str, namespace: str, drain_seconds: float) -> Iterator[str]:
    """Yields the name of each worker once another process has taken its place. Raises ClusterError.

    A worker gives up its sessions first: the fronts go on with them on the others. They also start the new one.
    """
    connect(address, namespace)
    try:
        names = sorted(each["name"] for each in ray.util.list_named_actors(True) if each["namespace"] == namespace)
        for name in names:
            actor = ray.get_actor(name, namespace)
            before = _process(actor)
            ray.get(actor.drain.remote(drain_seconds))
            ray.kill(actor)
            _wait_for_another(name, namespace, before)
            yield name
    finally:
        ray.shutdown()


def _wait_for_another(name: str, namespace: str, before: str) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < deadline:
        try:
            if _process(ray.get_actor(name, namespace)) != before:
                return
        except (ValueError, RayActorError):
            # It does not exist yet, or is just ending.
            pass
        time.sleep(_PAUSE_SECONDS)
    raise ClusterError(f"{name} was not started again within {_MOST_SECONDS:g} s: is a front running?")


def _process(actor: Any) -> str:
    """The name of the process that has the place of a worker, once its model is loaded."""
    process: str = ray.get(actor.state.remote("restart")).load.worker
    return process
