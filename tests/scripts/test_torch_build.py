"""Which build of PyTorch `scripts/setup` chooses, on machines whose `uname` and `nvidia-smi` are scripts."""

import os
import subprocess
from pathlib import Path

import pytest

SMI = "| NVIDIA-SMI 580.65.06     Driver Version: 580.65.06     CUDA Version: {version}     |"


def chosen(folder: Path, system: str, machine: str, build: str = "", **programs: str) -> tuple[list[str], str]:
    """The builds to try, and what the script says; `build` is that of the environment."""
    uname = f'#!/bin/sh\n[ "$1" = -s ] && echo {system} || echo {machine}\n'
    for name, text in {"uname": uname, **programs}.items():
        path = folder / name.replace("_", "-")
        path.write_text(text)
        path.chmod(0o755)
    for tool in ("sh", "sed", "head"):
        (folder / tool).symlink_to(f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else f"/usr/bin/{tool}")
    ran = subprocess.run(
        ["scripts/torch-build"],
        env={"PATH": str(folder), "SAM2_LIT_TORCH_BUILD": build},
        capture_output=True,
        text=True,
        cwd=os.getcwd(),
    )
    return ran.stdout.split(), ran.stderr


@pytest.mark.parametrize(
    ("version", "builds"), [("13.0", ["pypi"]), ("13.2", ["pypi"]), ("12.9", ["cu126"]), ("12.2", ["cu126"])]
)
def test_the_build_is_for_the_cuda_that_the_driver_supports(tmp_path: Path, version: str, builds: list[str]) -> None:
    smi = f"#!/bin/sh\necho '{SMI.format(version=version)}'\n"

    found, says = chosen(tmp_path, "Linux", "x86_64", nvidia_smi=smi)

    assert found == builds
    assert f"CUDA {version.split('.')[0]}" in says


def test_a_driver_that_is_too_old_is_a_warning_with_the_remedy(tmp_path: Path) -> None:
    found, says = chosen(tmp_path, "Linux", "x86_64", nvidia_smi=f"#!/bin/sh\necho '{SMI.format(version='11.4')}'\n")

    assert found[0] == "cpu"
    assert "WARNING" in says and "update the driver" in says


def test_the_environment_chooses_the_build_for_a_machine_that_is_not_there(tmp_path: Path) -> None:
    found, says = chosen(tmp_path, "Linux", "x86_64", build="cu126")

    assert found == ["cu126"]
    assert "SAM2_LIT_TORCH_BUILD" in says


def test_a_gpu_of_amd_gets_rocm(tmp_path: Path) -> None:
    found, says = chosen(tmp_path, "Linux", "x86_64", rocminfo="#!/bin/sh\n")

    assert found[0].startswith("rocm")
    assert "ROCm" in says


@pytest.mark.skipif(Path("/dev/kfd").exists(), reason="this machine has a GPU of AMD")
def test_without_a_gpu_the_build_is_for_cpus(tmp_path: Path) -> None:
    assert chosen(tmp_path, "Linux", "x86_64")[0] == ["cpu", "pypi"]


def test_apple_silicon_is_told_apart_from_other_macs(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()

    assert chosen(tmp_path / "new", "Darwin", "arm64")[0] == ["pypi"]
    assert chosen(tmp_path / "old", "Darwin", "x86_64")[0] == []
