"""The metrics and the log."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sam2_lit.server.logs import JsonFormatter
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server
from tests.waiting import wait_until


def values(server: Server) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and the values of its labels."""
    families = text_string_to_metric_families(server.http.get("/metrics").text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_metrics_count_frames_steps_trainings_errors_and_operations(
    server: Server, session: ClientSession, clip: Clip
) -> None:
    before = values(server)
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(3)
    trained = session.correct(1, 2, rleMask=clip.rle(1, 2))["adapter"]
    assert server.code("{ session(sessionId: 5) { sessionId } }") is None
    assert server.code('{ loraCandidates(sessionId: "gone", objectId: 1, frameIndex: 0) { adapterId } }')
    after = values(server)

    def increase(*sample: str) -> float:
        return after.get(sample, 0) - before.get(sample, 0)

    assert increase("sam2_lit_frames_tracked_total") == 3
    assert increase("sam2_lit_step_seconds_count", "propagation") >= 3
    assert increase("sam2_lit_step_seconds_count", "training") >= trained["steps"]
    assert increase("sam2_lit_training_seconds_count") == 1
    assert increase("sam2_lit_training_iou_sum") == pytest.approx(trained["trainingIou"])
    assert increase("sam2_lit_errors_total", "SESSION_NOT_FOUND") == 1
    assert increase("sam2_lit_errors_total", "REFUSED") == 1
    assert increase("sam2_lit_operation_seconds_count", "mutation") == 3
    assert after["sam2_lit_queue_length", "propagation"] == 0
    assert after["sam2_lit_sessions", "in_memory"] >= 1
    assert after["sam2_lit_sessions", "stored"] >= after["sam2_lit_sessions", "in_memory"]


def requests(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.fields for record in caplog.records if record.name == "sam2_lit.requests"]  # type: ignore[attr-defined]


@contextmanager
def awaiting_log_line(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Waits at the end for a request's log line, which is written shortly after its response."""
    with caplog.at_level(logging.INFO):
        yield
        wait_until(lambda: requests(caplog))


def test_an_operation_is_logged_in_one_line_with_its_session(
    session: ClientSession, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    with awaiting_log_line(caplog):
        session.add_mask(1, 0, clip.rle(1, 0))

    [line] = requests(caplog)
    assert (line["operation"], line["session"]) == ("addMask", session.session_id)
    assert line["milliseconds"] > 0


def test_a_failed_operation_is_logged_with_its_error_codes(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with awaiting_log_line(caplog):
        server.code('query Mine { loraCandidates(sessionId: "gone", objectId: 1, frameIndex: 0) { adapterId } }')

    [line] = requests(caplog)
    assert line["operation"] == "Mine"
    assert (line["session"], line["errors"]) == ("gone", ["SESSION_NOT_FOUND"])


def test_a_subscription_over_a_websocket_is_logged_in_one_line(
    session: ClientSession, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    with awaiting_log_line(caplog):
        session.propagate(maxFrames=1)

    [line] = requests(caplog)
    assert (line["operation"], line["session"]) == ("propagateInVideo", session.session_id)


def test_any_other_request_is_logged_in_one_line_with_its_status(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with awaiting_log_line(caplog):
        server.http.get("/videos/nothing/video.mp4")

    [line] = requests(caplog)
    assert (line["operation"], line["status"]) == ("GET /videos/nothing/video.mp4", 404)


def test_a_json_log_line_has_the_fields_and_the_exception(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        try:
            raise ValueError("wrong\nin two lines")
        except ValueError:
            logging.getLogger("a").exception("it %s", "failed", extra={"fields": {"session": "s"}})

    line = json.loads(JsonFormatter().format(caplog.records[0]))
    assert (line["level"], line["logger"], line["message"], line["session"]) == ("ERROR", "a", "it failed", "s")
    assert "in two lines" in line["exception"]
    assert line["time"].endswith("+00:00")
