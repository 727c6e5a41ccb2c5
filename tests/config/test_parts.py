"""Every queue has a worker, and other people's servers have one of their own."""

from forecourt.config.parts import Sizes
from forecourt.engines.intake import background as intake
from forecourt.runtime.background import QUEUES


def test_every_queue_is_worked_off() -> None:
    assert {post.queue for post in Sizes().workers} == set(QUEUES)


def test_a_slow_server_keeps_no_import_waiting() -> None:
    looks = {intake.fetch.queue, intake.try_source.queue}
    assert looks == {"fetch"}
    assert intake.perform.queue not in looks
