"""The files of deploy/ have the form that their programs read, and do what scripts and settings say. None is run."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from sam2_lit.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SHARED = {"SAM2_LIT_MEDIA_DIR", "SAM2_LIT_SCRATCH_DIR", "SAM2_LIT_CHECKPOINTS_DIR"}
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


MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
[RAY] = [each for each in MANIFESTS if each["kind"] == "RayCluster"]
[FRONT] = [each for each in MANIFESTS if each["kind"] == "Deployment"]
GROUPS = [RAY["spec"]["headGroupSpec"], *RAY["spec"]["workerGroupSpecs"]]
PODS = [each["template"] for each in GROUPS] + [FRONT["spec"]["template"]]
KUBERNETES = "1.33"


@pytest.mark.parametrize("manifest", [each for each in MANIFESTS if each is not RAY], ids=lambda each: each["kind"])
def test_a_manifest_has_the_form_of_its_kind(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize("group", GROUPS, ids=lambda each: each.get("groupName", "head"))
def test_the_pods_of_ray_have_the_form_of_a_pod(group: dict[str, Any]) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ray"}, **group["template"]}

    kubernetes_validate.validate(pod, KUBERNETES, strict=True)


def test_the_ray_cluster_is_of_the_version_of_ray_that_was_tested() -> None:
    pinned = re.findall(r"^ray==(.*)$", (DEPLOY.parent / "constraints.txt").read_text(), re.MULTILINE)

    assert [RAY["apiVersion"], RAY["spec"]["rayVersion"]] == ["ray.io/v1", *pinned]


def test_fronts_know_the_head_and_the_number_of_workers_of_the_ray_cluster() -> None:
    [container] = FRONT["spec"]["template"]["spec"]["containers"]
    values = {each["name"]: each.get("value") for each in container["env"]}

    assert values["SAM2_LIT_CLUSTER"] == f"{RAY['metadata']['name']}-head-svc:6379"
    assert values["SAM2_LIT_WORKERS"] == str(RAY["spec"]["workerGroupSpecs"][0]["replicas"])


def test_all_pods_run_one_image_and_mount_only_volumes_that_they_have() -> None:
    containers = [(pod, each) for pod in PODS for each in pod["spec"]["containers"]]

    assert len({each["image"] for _, each in containers}) == 1
    for pod, each in containers:
        mounted = {mount["name"] for mount in each.get("volumeMounts", ())}
        assert mounted == {volume["name"] for volume in pod["spec"].get("volumes", ())}


def test_workers_have_the_folders_that_fronts_name() -> None:
    [front] = FRONT["spec"]["template"]["spec"]["containers"]
    [worker] = RAY["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"]
    places = {mount["mountPath"] for mount in worker["volumeMounts"]}
    named = {each["value"] for each in front["env"] if each["name"] in SHARED}

    assert all(any(each == place or each.startswith(f"{place}/") for place in places) for each in named)
