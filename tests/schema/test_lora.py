"""Corrections that train adapters."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.client_session import LORA_TRAINING, ClientSession, rle_of
from tests.clips import Clip, mask_of
from tests.running import GraphQLFailure
from tests.schema.subscribing import running_on_socket
from tests.waiting import wait_until


def test_a_correction_trains_an_adapter_at_once(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.half(1, 0))
    session.propagate_to(4)

    correction = session.correct(1, 4, rleMask=clip.rle(1, 4))

    adapter = correction["adapter"]
    assert correction["skipped"] is None
    assert adapter["trainingIou"] > 0.8 > 0.7 > adapter["baselineIou"]
    assert (adapter["objectId"], adapter["frameIndices"]) == (1, [4])


def test_a_corrected_mask_is_the_one_that_was_drawn(learned: tuple[ClientSession, Any], clip: Clip) -> None:
    _, correction = learned

    assert np.array_equal(mask_of(rle_of(correction["frame"], 1)), clip.masks[1][4])


def test_a_correction_without_training_trains_nothing(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    correction = session.correct(1, 4, rleMask=clip.rle(1, 4), trainLora=False)

    assert (correction["adapter"], correction["skipped"]) == (None, None)
    assert session.info()["objects"][0]["adapters"] == []


def test_a_correction_on_an_untracked_frame_trains_after_tracking_up_to_it(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    correction = session.correct(1, 5, rleMask=clip.rle(1, 5))

    assert correction["adapter"]["frameIndices"] == [5]
    assert [frame["frameIndex"] for frame in session.masks()] == [0, 1, 2, 3, 4, 5]


def test_training_on_an_untracked_frame_tracks_up_to_it_first(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    adapter = session.train(1, 6, rleMask=clip.rle(1, 6))

    assert adapter["frameIndices"] == [6]
    assert session.state.tracker.frames_tracked >= 6


def test_training_on_the_first_prompted_frame_is_refused(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)

    with pytest.raises(GraphQLFailure) as refusal:
        session.train(1, 0)

    assert refusal.value.code == "FEATURES_NOT_CAPTURED"
    assert session.info()["objects"][0]["adapters"] == []


def test_a_correction_on_the_first_prompted_frame_stays_and_says_why_nothing_was_trained(
    session: ClientSession, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    session.add_mask(1, 0, clip.rle(2, 0))

    correction = session.correct(1, 0, rleMask=clip.rle(1, 0))

    assert (correction["adapter"], correction["skipped"]) == (None, "FEATURES_NOT_CAPTURED")
    assert np.array_equal(mask_of(rle_of(correction["frame"], 1)), clip.masks[1][0])
    [warning] = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert session.session_id in warning and "object 1" in warning and "frame 0" in warning
    assert "FEATURES_NOT_CAPTURED" in warning


def test_after_another_correction_training_captures_again_rather_than_use_stale_features(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(8)
    tracker = session.state.tracker
    stale = tracker.features.get(1, 8)
    session.correct(1, 3, rleMask=clip.rle(2, 3), trainLora=False)
    before = tracker.frames_tracked

    session.train(1, 8, rleMask=clip.rle(1, 8))

    fresh = tracker.features.get(1, 8)
    assert tracker.frames_tracked - before == 5
    assert not np.array_equal(stale.features.image_embedding, fresh.features.image_embedding)


def test_captured_features_stay_fresh_when_their_own_frame_is_corrected(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)
    tracker = session.state.tracker
    session.correct(1, 4, rleMask=clip.rle(2, 4), trainLora=False)
    before = tracker.frames_tracked

    assert session.train(1, 4)["frameIndices"] == [4]

    assert tracker.frames_tracked == before


def test_training_needs_a_correction_or_a_mask(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(3)

    with pytest.raises(GraphQLFailure) as refusal:
        session.train(1, 3)

    assert refusal.value.code == "NO_PROMPTS"


def test_a_second_correction_fine_tunes_an_adapter_or_adds_one(learned: tuple[ClientSession, Any], clip: Clip) -> None:
    session, first = learned

    second = session.correct(1, 8, rleMask=clip.rle(1, 8))

    trained_on = sorted(
        frame for adapter in session.info()["objects"][0]["adapters"] for frame in adapter["frameIndices"]
    )
    assert second["adapter"]["trainingIou"] > 0.8
    assert trained_on == [4, 8]
    assert first["adapter"]["frameIndices"] == [4]


def test_adapters_belong_to_one_object_of_one_session(
    learned: tuple[ClientSession, Any], start: Callable[[], ClientSession], clip: Clip
) -> None:
    session, _ = learned
    other = start()
    other.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 0, clip.rle(2, 0))

    assert [len(each["adapters"]) for each in session.info()["objects"]] == [1, 0]
    assert other.info()["objects"][0]["adapters"] == []


def test_in_mode_off_the_masks_equal_the_base_models_bit_for_bit(
    learned: tuple[ClientSession, Any], start: Callable[[], ClientSession], clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = learned
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode="OFF")
    plain = start()
    plain.add_mask(1, 0, clip.half(1, 0))
    plain.propagate_to(4)
    plain.correct(1, 4, rleMask=clip.rle(1, 4), trainLora=False)

    with_adapter, without = session.propagate(), plain.propagate()

    assert [event["rleMaskList"] for event in with_adapter] == [event["rleMaskList"] for event in without]


def test_resetting_lora_removes_the_adapters_and_not_the_masks(learned: tuple[ClientSession, Any]) -> None:
    session, _ = learned
    masks = session.masks()

    session.mutate("resetLora", "ResetLoraInput", "sessionId", objectId=1)

    assert session.info()["objects"][0]["adapters"] == []
    assert session.masks() == masks


def test_an_object_that_takes_a_removed_ones_id_gets_none_of_its_adapters(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.half(1, 0))
    session.propagate_to(4)
    engine, loop = session.server.engine, session.server.loop
    training = engine.pool.train(session.session_id)
    asyncio.run_coroutine_threadsafe(training.__aenter__(), loop).result()
    with ThreadPoolExecutor(1) as threads:
        # It is corrected at once, and waits for the other training to end before it trains.
        correcting = threads.submit(session.correct, 1, 4, rleMask=clip.rle(1, 4))
        wait_until(lambda: [each["kind"] for each in session.interactions()] == ["PROMPT", "CORRECTION"])
        session.mutate("removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
        session.add_mask(1, 0, clip.rle(2, 0))
        asyncio.run_coroutine_threadsafe(training.__aexit__(None, None, None), loop).result()
        correction = correcting.result()

    assert (correction["adapter"], correction["skipped"]) == (None, "OBJECT_NOT_FOUND")
    assert [each["adapters"] for each in session.info()["objects"]] == [[]]


def test_every_training_step_is_reported_and_the_last_has_the_adapter(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)

    async def watch() -> tuple[list[dict[str, Any]], Any]:
        events: list[dict[str, Any]] = []
        payload = {"query": LORA_TRAINING, "variables": {"sessionId": session.session_id}}
        async with running_on_socket(session, payload) as socket:
            await socket.send(type="ping")
            await socket.receive("pong")
            correcting = asyncio.create_task(asyncio.to_thread(session.correct, 1, 4, rleMask=clip.rle(2, 4)))
            while not events or not events[-1]["adapter"]:
                events.append((await socket.receive("next"))["payload"]["data"]["loraTraining"])
            return events, await correcting

    events, correction = asyncio.run(watch())

    assert [event["step"] for event in events[:-1]] == list(range(1, len(events)))
    assert events[-1]["adapter"] == correction["adapter"]
    assert all(event["frameIndex"] == 4 and event["loss"] > 0 for event in events)


def test_the_log_says_that_features_were_captured_and_how_training_went(
    session: ClientSession, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sam2_lit")
    session.add_mask(1, 0, clip.rle(1, 0))

    session.correct(1, 4, rleMask=clip.rle(2, 4))

    said = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    shape = session.state.tracker.captured(1, 4).features.image_embedding.shape
    assert f"Features captured successfully. Shape: {shape}" in said
    assert "Initial LoRA model trained successfully" in said
    assert any(line.startswith("Training completed. Best epoch: ") and ", Best IoU: 0." in line for line in said)
