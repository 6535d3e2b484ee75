from sam2_lit.engine.device.steps import Job, Rank, StepQueue


def job(rank: Rank, session: str) -> Job:
    return Job((value for value in ()), rank, session, lambda item: None, lambda value, error: None)


def run_steps(jobs: list[Job], seconds: dict[Rank, float], count: int) -> list[str]:
    """The sessions whose steps run first, of jobs that never end, where a step of each rank takes so long."""
    queue, order = StepQueue(), []
    for each in jobs:
        queue.put(each)
    for _ in range(count):
        taken = queue.take(only_interactive=False)
        assert taken is not None
        order.append(taken.session)
        queue.put(taken)
        queue.charge(taken.rank, seconds[taken.rank])
    return order


def test_training_that_lasts_leaves_propagation_half_of_the_time() -> None:
    jobs = [job(Rank.TRAINING, "trains"), job(Rank.PROPAGATION, "streams")]

    order = run_steps(jobs, {Rank.TRAINING: 0.01, Rank.PROPAGATION: 0.05}, 600)

    assert 0.45 < order.count("streams") * 0.05 / (order.count("streams") * 0.05 + order.count("trains") * 0.01) < 0.55


def test_a_short_training_is_not_interrupted_by_propagation() -> None:
    jobs = [job(Rank.TRAINING, "trains"), job(Rank.PROPAGATION, "streams")]

    assert run_steps(jobs, {Rank.TRAINING: 0.01, Rank.PROPAGATION: 0.05}, 10) == ["trains"] * 10


def test_training_owes_nothing_for_time_in_which_no_propagation_waited() -> None:
    queue = StepQueue()
    queue.charge(Rank.TRAINING, 60.0)
    training, stream = job(Rank.TRAINING, "trains"), job(Rank.PROPAGATION, "streams")
    queue.put(stream)
    queue.put(training)

    assert queue.take(only_interactive=False) is training


def test_idle_work_runs_only_where_nothing_else_is_ready() -> None:
    queue = StepQueue()
    idle = job(Rank.IDLE, "learns on")
    others = [job(rank, rank.name) for rank in (Rank.PROPAGATION, Rank.TRAINING, Rank.INTERACTIVE)]
    for each in (idle, *others):
        queue.put(each)

    assert [queue.take(only_interactive=False) for _ in range(4)] == [*reversed(others), idle]


def test_a_cancelled_job_ends_before_any_other_runs_also_while_only_interactive_ones_may() -> None:
    queue = StepQueue()
    waits, cancelled, click = (job(rank, "a") for rank in (Rank.IDLE, Rank.IDLE, Rank.INTERACTIVE))
    for each in (waits, cancelled, click):
        queue.put(each)

    queue.cancel(cancelled)

    assert [queue.take(only_interactive=True) for _ in range(3)] == [cancelled, click, None]
    assert queue.take(only_interactive=False) is waits


def test_a_job_cancelled_during_its_step_ends_before_any_other_runs() -> None:
    queue = StepQueue()
    stream = job(Rank.PROPAGATION, "streams")
    queue.put(stream)
    assert queue.take(only_interactive=False) is stream
    queue.put(job(Rank.TRAINING, "trains"))

    queue.cancel(stream)
    queue.put(stream)

    assert queue.take(only_interactive=False) is stream


def test_idle_work_does_not_change_how_training_and_propagation_share_the_time() -> None:
    seconds = {Rank.TRAINING: 0.01, Rank.PROPAGATION: 0.05}
    jobs = [job(Rank.TRAINING, "trains"), job(Rank.PROPAGATION, "streams")]

    assert run_steps([*jobs, job(Rank.IDLE, "learns on")], seconds, 100) == run_steps(jobs, seconds, 100)
