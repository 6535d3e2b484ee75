import json
import os
import re
import resource
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
import torch
from click.testing import CliRunner

from sam2_lit.cli import main
from sam2_lit.schema import schema
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Client, GraphQLFailure
from tests.waiting import wait_until

HEAVY = {"torch", "sam2", "strawberry", "graphql", "starlette", "uvicorn", "sqlalchemy", "av", "numpy"}


def test_schema_prints_the_schema_that_the_server_answers_by() -> None:
    printed = CliRunner().invoke(main, ["schema"]).output

    assert printed == schema.as_str() + "\n"


def imported_by(*arguments: str, **environment: str) -> set[str]:
    """The top-level packages that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "sam2_lit", *arguments]
    ran = subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}


@pytest.mark.parametrize("command", ["--help", "schema"])
def test_help_and_schema_import_nothing_heavy_and_take_under_half_a_second_of_cpu(command: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "sam2_lit", command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f"sam2-lit {command}: {seconds:.2f} s of CPU")

    assert seconds < 0.5
    assert not imported_by(command) & HEAVY


def test_shell_completion_imports_nothing_heavy() -> None:
    environment = {"_SAM2_LIT_COMPLETE": "bash_complete", "COMP_WORDS": "sam2-lit serve --mod", "COMP_CWORD": "2"}

    assert not imported_by(**environment) & HEAVY


def test_help_lists_every_setting_with_its_flag_and_variable() -> None:
    help = CliRunner().invoke(main, ["serve", "--help"]).output

    for setting in fields(Settings):
        assert f"--{setting.name.replace('_', '-')} " in help
        assert f"SAM2_LIT_{setting.name.upper()}" in help


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--model", "sam2.1_hiera_tiny", "--checkpoints-dir", "nowhere"], "sam2-lit download sam2.1_hiera_tiny"),
        (["--host", "0.0.0.0"], "--auth-token"),
        (["--videos", "nowhere"], "nowhere is not a folder"),
        (["--port", "70000"], "--port"),
        (["--device", "abacus"], "--device"),
        (["--device", "cuda:x"], "cuda:N"),
        (["--data-dir", "/dev/null"], "/dev/null cannot be written to"),
        (["--cluster", "auto", "--database-url", "postgresql://there/db"], "--media-dir"),
        (["--cluster", "auto", "--media-dir", "{tmp}", "--database-url", "sqlite://"], "--database-url postgresql://"),
        (
            ["--cluster", "auto", "--media-dir", "{tmp}", "--database-url", "postgresql://tests@127.0.0.1:1/no"],
            "database",
        ),
        (["--data-dir", "{tmp}", "--database-url", "sqlite:////nowhere/at.all"], "unable to open database file"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["serve", *(each.format(tmp=tmp_path) for each in arguments)])

    assert outcome.exit_code == 2
    assert says in outcome.output.splitlines()[-1]


def test_download_of_an_unknown_model_names_those_there_are() -> None:
    outcome = CliRunner().invoke(main, ["download", "sam3"])

    assert outcome.exit_code == 2
    assert "sam2.1_hiera_tiny" in outcome.output


def test_doctor_prints_a_line_for_everything_that_a_bug_report_needs(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["doctor", "--data-dir", str(tmp_path / "data")], catch_exceptions=False)

    names = {line[3:].partition(":")[0] for line in outcome.output.splitlines()}
    assert names >= {
        "system",
        "libraries",
        "PyTorch",
        "GPUs",
        "device",
        "model",
        "memory",
        "video codecs",
        "data folder",
    }
    assert "pocket from weights.safetensors loads" in outcome.output
    assert "can be written to" in outcome.output


def test_doctor_says_what_is_broken_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho '| Driver Version: 535.1  CUDA Version: 12.2 |'\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("av.codecs_available", frozenset())
    arguments = ["--device", "cuda:7", "--model", "sam2.1_hiera_tiny", "--checkpoints-dir", str(tmp_path)]
    outcome = CliRunner().invoke(main, ["doctor", *arguments, "--data-dir", "/dev/null/data"], catch_exceptions=False)

    problems = {line[3:].partition(":")[0] for line in outcome.output.splitlines() if line.startswith("!!")}
    assert outcome.exit_code == 1
    assert {"device", "model", "video codecs", "data folder"} <= problems
    assert "Traceback" not in outcome.output
    if not torch.cuda.is_available():
        assert "CUDA 12.2" in outcome.output and "--index-url" in outcome.output


def test_the_server_starts_from_its_environment_and_ends_on_a_signal(tmp_path: Path) -> None:
    environment = {**os.environ, "SAM2_LIT_PORT": "0", "SAM2_LIT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "sam2_lit", "serve"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        url = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line)))
        wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode in (0, -signal.SIGINT, 130)
    # So that a restart computes with the same kernels.
    assert json.loads((tmp_path / "cache" / "kernels.json").read_text())


def test_every_line_of_a_json_log_is_json_with_session_and_operation(tmp_path: Path, videos: Path, clip: Clip) -> None:
    command = ["scripts/serve", "--port", "0", "--data-dir", str(tmp_path), "--videos", str(videos)]
    server = subprocess.Popen([*command, "--log-format", "json"], stderr=subprocess.PIPE, text=True)
    read: list[str] = []
    try:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        for line in lines:
            read.append(line)
            if found := re.search(r"running on (http://127\.0\.0\.1:[1-9]\d*)", line):
                break
        assert found is not None
        with httpx.Client(base_url=found[1], timeout=60) as http:
            session = ClientSession.start(Client(found[1], http), "videos/discs.mp4")
            session.add_mask(1, 0, clip.rle(1, 0))
            session.propagate(maxFrames=1)
            with pytest.raises(GraphQLFailure):
                session.add_points(1, 99, [0.5, 0.5])
            http.get("/nothing")
    finally:
        server.send_signal(signal.SIGINT)
        _, rest = server.communicate()
    logged = [json.loads(line) for line in [*read, *rest.splitlines()]]
    requests = {each["operation"]: each for each in logged if "operation" in each}
    assert requests["addMask"]["session"] == requests["propagateInVideo"]["session"] == session.session_id
    assert requests["addPoints"]["errors"] == ["FRAME_OUT_OF_RANGE"]
    assert requests["GET /nothing"]["status"] == 404
    assert all({"time", "level", "logger", "message"} <= each.keys() for each in logged)
