import inspect
import subprocess
import sys
from typing import Any

import pytest

from sam2_lit.cluster.remote_engine import RemoteAdapters, RemoteEngine, RemoteHistory
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.face import AdaptersFace, EngineFace, HistoryFace
from sam2_lit.engine.sessions.adapter_library import AdapterLibrary
from sam2_lit.engine.sessions.change_history import ChangeHistory

METHODS = [name for name, member in vars(EngineFace).items() if inspect.isfunction(member) and name[0] != "_"]


def shape(method: Any) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.kind, each.default) for each in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize("name", METHODS)
def test_an_engine_here_and_one_elsewhere_are_called_in_the_same_way(name: str) -> None:
    expected = shape(getattr(EngineFace, name))

    assert shape(getattr(Engine, name)) == shape(getattr(RemoteEngine, name)) == expected


@pytest.mark.parametrize(
    ("face", "here", "elsewhere"),
    [(HistoryFace, ChangeHistory, RemoteHistory), (AdaptersFace, AdapterLibrary, RemoteAdapters)],
)
def test_the_parts_of_both_are_called_in_the_same_way(face: type, here: type, elsewhere: type) -> None:
    for name in (name for name, member in vars(face).items() if inspect.isfunction(member) and name[0] != "_"):
        assert shape(getattr(here, name)) == shape(getattr(elsewhere, name)) == shape(getattr(face, name))


def test_a_front_imports_no_torch_and_only_what_connects_it_imports_ray() -> None:
    program = """
import sys
import sam2_lit.cli, sam2_lit.cluster.front
assert not {"ray", "torch"} & sys.modules.keys()
import sam2_lit.cluster.ray_workers
assert "ray" in sys.modules and "torch" not in sys.modules
"""

    subprocess.run([sys.executable, "-c", program], check=True)
