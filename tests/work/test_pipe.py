"""What goes from the collector to the dashboard is what changed, in few bytes."""

from bench.insight import START, fail, in_batches, make_nodes, make_services, make_tasks
from swarmtui.stream.codec import Encoder

NODES, TASKS, CHANGED = 2_000, 16_000, 40


def test_a_task_takes_fifty_bytes_the_first_time_and_a_change_no_more() -> None:
    nodes, services = make_nodes(NODES), make_services(TASKS)
    tasks = make_tasks(TASKS, nodes, services)
    encoder = Encoder()
    first = sum(len(encoder.encode(seen)) for seen in in_batches(tasks, START))
    assert first < 56 * TASKS  # of the ids of tasks alone 25 each, of nodes 25 once
    failed = [fail(task) for task in tasks[:CHANGED]]
    again = sum(len(encoder.encode(seen)) for seen in in_batches(failed, START))
    assert again < 56 * CHANGED + 400
