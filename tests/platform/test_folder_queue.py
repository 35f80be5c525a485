"""The embedded queue hands out whole messages, once each, and forgets none that was not finished."""

import json
import threading
from pathlib import Path
from queue import Empty

import kombu
import pytest

from config import environment, folderqueue

QUEUE = "work"


@pytest.fixture
def options(tmp_path):
    return environment.folder_broker(tmp_path)


def open_channel(options):
    return kombu.Connection("folder://localhost", transport_options=options).channel()


def message(number: int) -> dict:
    return {"body": number, "properties": {"delivery_tag": f"tag-{number}"}}


def everything(channel) -> list[int]:
    taken = []
    while True:
        try:
            taken.append(channel._get(QUEUE)["body"])
        except Empty:
            return taken


def test_messages_come_in_the_order_they_were_sent(options):
    channel = open_channel(options)
    for number in range(5):
        channel._put(QUEUE, message(number))
    assert everything(channel) == [0, 1, 2, 3, 4]


def test_a_queue_gives_only_its_own_messages(options):
    channel = open_channel(options)
    channel._put("other", message(1))
    assert everything(channel) == []
    assert channel._size("other") == 1


def test_two_readers_and_two_writers_exchange_every_message_once_and_whole(options):
    each = 300
    taken: list[list[int]] = [[], []]
    writing = threading.Event()

    def write(first: int) -> None:
        channel = open_channel(options)
        for number in range(first, first + each):
            channel._put(QUEUE, message(number))

    def read(mine: list[int]) -> None:
        channel = open_channel(options)
        while not writing.is_set():
            mine += everything(channel)
        mine += everything(channel)

    readers = [threading.Thread(target=read, args=(mine,)) for mine in taken]
    writers = [threading.Thread(target=write, args=(first,)) for first in (0, each)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in readers:
        thread.join()
    assert sorted(taken[0] + taken[1]) == list(range(2 * each))


def test_a_finished_message_leaves_no_file(options):
    channel = open_channel(options)
    channel._put(QUEUE, message(1))
    channel._get(QUEUE)
    channel.forget("tag-1")
    assert folderqueue.give_back(options) == 0
    assert list(Path(options["processed_folder"]).iterdir()) == []


def test_a_killed_readers_message_comes_back_when_the_next_one_starts(options):
    killed = open_channel(options)
    killed._put(QUEUE, message(7))
    killed._get(QUEUE)
    assert everything(open_channel(options)) == []
    assert folderqueue.give_back(options) == 1
    assert everything(open_channel(options)) == [7]


def test_a_half_written_message_is_not_seen(options):
    channel = open_channel(options)
    name = f"{1:020d}_a.{QUEUE}.msg"
    (Path(options["data_folder_out"]) / f".{name}").write_text(json.dumps(message(1))[:10])
    assert everything(channel) == []


def test_acknowledging_and_putting_back_work_through_a_real_consumer(options):
    got: list[int] = []

    def first_put_back_then_acknowledge(body, taken):
        got.append(body)
        if len(got) == 1:
            taken.requeue()
        else:
            taken.ack()

    with kombu.Connection("folder://localhost", transport_options=options) as connection:
        queue = kombu.Queue(QUEUE, channel=connection.default_channel)
        queue.declare()
        with connection.Producer() as producer:
            producer.publish(41, routing_key=QUEUE)
        with connection.Consumer(
            [queue], callbacks=[first_put_back_then_acknowledge], accept=["json"]
        ) as consumer:
            connection.drain_events(timeout=2)
            connection.drain_events(timeout=2)
            assert consumer
    assert got == [41, 41]
    assert list(Path(options["processed_folder"]).iterdir()) == []
    assert list(Path(options["data_folder_in"]).iterdir()) == []
