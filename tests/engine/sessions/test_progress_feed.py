import asyncio

from sam2_lit.engine.sessions.progress_feed import CAPACITY, ProgressFeeds
from sam2_lit.records.results import TrainingProgress


def progress(step: int) -> TrainingProgress:
    return TrainingProgress(1, 4, step, CAPACITY * 2, 0.5, 0.5, None)


async def test_every_subscriber_gets_every_step_until_the_feed_is_closed() -> None:
    feeds = ProgressFeeds[TrainingProgress]()
    feed = feeds.get("session")

    async def steps() -> list[int]:
        return [each.step async for each in feed.subscribe()]

    subscribers = [asyncio.create_task(steps()) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.to_thread(lambda: [feed.publish(progress(step)) for step in (1, 2, 3)])
    await asyncio.sleep(0)
    feeds.close("session")

    assert await asyncio.gather(*subscribers) == [[1, 2, 3]] * 2


async def test_a_subscriber_that_falls_behind_misses_the_oldest_steps() -> None:
    feed = ProgressFeeds[TrainingProgress]().get("session")
    subscription = feed.subscribe()
    first = asyncio.ensure_future(anext(subscription))
    await asyncio.sleep(0)
    for step in range(CAPACITY + 10):
        feed.publish(progress(step))
    await asyncio.sleep(0)

    assert (await first).step == 10


async def test_subscriptions_to_one_session_share_a_feed() -> None:
    feeds = ProgressFeeds[TrainingProgress]()
    feed = feeds.get("one")

    assert feeds.get("one") is feed
    assert feeds.get("other") is not feed
