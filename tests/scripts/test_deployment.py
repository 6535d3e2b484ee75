"""The files of deploy/ have the form that their programs read, and do what scripts and settings say. None is run."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from sam2_lit.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
VARIABLES = {f"SAM2_LIT_{each.name.upper()}" for each in fields(Settings)} | {"SAM2_LIT_TORCH_BUILD"}


def run(program: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([str(Path(sys.executable).parent / program), *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    assert run("hadolint", str(DEPLOY / "Dockerfile")) == (0, "")


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("compose*.yaml")), ids=lambda file: file.name)
def test_a_compose_file_is_one_by_the_compose_specification(file: Path) -> None:
    status, says = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(file))

    assert status == 0, says


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    assert set(re.findall(r"SAM2_LIT_[A-Z_]+", file.read_text())) - VARIABLES == set()


def test_the_image_runs_scripts_that_are_there() -> None:
    named = re.findall(r"scripts/[\w-]+", DOCKERFILE)

    assert named == ["scripts/setup"]
    assert (DEPLOY.parent / named[0]).is_file()


def test_the_image_starts_a_command_of_ours_as_a_user_without_rights() -> None:
    entry = json.loads(re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)[0])

    assert entry == [".venv/bin/sam2-lit"]
    assert DOCKERFILE.index("\nUSER 7263") < DOCKERFILE.index("\nENTRYPOINT")


def test_compose_mounts_what_the_image_has() -> None:
    server = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["server"]
    places = {re.sub(r"\$\{[^}]*\}", "", each).split(":")[1] for each in server["volumes"]}

    assert places == {"/data", "/videos", "/checkpoints", "/access"}
    assert all(place in DOCKERFILE for place in places - {"/access"})
