"""Who may see sessions and uploads, whatever users do in whatever order."""

import asyncio
import itertools
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.errors import LitError
from sam2_lit.records.results import LoraMode
from sam2_lit.records.users import NO_OWNER, Owner
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.store import Store

PATHS = ["uploads/a.mp4", "uploads/b.mp4", "sample/sample.mp4"]
USERS = ["anna", "bert", "carl"]
NOW = datetime(2026, 1, 2, tzinfo=UTC)

owners = st.one_of(st.builds(Owner, st.sampled_from(USERS), st.booleans()), st.just(NO_OWNER))
calls = st.lists(st.tuples(st.sampled_from(PATHS), owners), max_size=8)


def entry(path: str) -> VideoEntry:
    return VideoEntry(f"id of {path}", path, VideoInfo(4, 2, 9, 24.0, 0.375))


@given(uploaded=st.lists(owners, min_size=2, max_size=2), calls=calls)
@settings(max_examples=40, deadline=None)
def test_who_sees_a_session_sees_its_video_and_who_must_not_sees_neither(
    uploaded: list[Owner], calls: list[tuple[str, Owner]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for path, owner in zip(PATHS, uploaded, strict=False):
            if owner != NO_OWNER:
                store.add_upload(path, owner)
        asked: dict[str, Owner] = {}
        for number, (path, owner) in zip(itertools.count(), calls, strict=False):
            try:
                asyncio.run(store.add_session(str(number), entry(path), LoraMode.OFF, NOW, owner=owner))
            except LitError:
                assert path in store.hidden_uploads(owner.user or "")
                continue
            asked[str(number)] = owner
        for user in USERS:
            hidden = store.hidden_uploads(user)
            seen = {each.session_id: each for each in store.sessions(user)}
            assert not [each for each in seen.values() if each.video.path in hidden]
            for session_id, owner in asked.items():
                if owner.user == user:
                    assert session_id in seen
                if owner.is_private and owner.user != user:
                    assert session_id not in seen
            for path, owner in zip(PATHS, uploaded, strict=False):
                if owner.user == user:
                    assert path not in hidden
                elif owner.is_private:
                    assert path in hidden
        assert len(store.sessions()) == len(asked)
        store.close()
