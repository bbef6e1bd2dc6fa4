"""Measures a running Milvus as a client: a search, a query and an insert twice a second until SIGTERM; then counts lost rows.

usage: probe.py HOST[:PORT]        after `rows.py make HOST`, whose search result must not change in the meantime

Prints one JSON object: seconds, rows acknowledged and lost, and for each operation the successful and failed calls, the success rate, the
longest and the total outage in seconds, and every outage with its start, its length and its first error. A successful call that
takes longer than one second also counts as an outage, from its start.
"""
import json
import logging
import random
import signal
import sys
import threading
import time

import grpc
from pymilvus import Collection, CollectionSchema, DataType, FieldSchema, connections, utility

PERIOD_SECONDS, SLOW_SECONDS, TIMEOUT_SECONDS = 0.5, 1, 5
INDEX = {"index_type": "IVF_FLAT", "metric_type": "L2", "params": {"nlist": 16}}
SEARCH = {"metric_type": "L2", "params": {"nprobe": 16}}
# By default gRPC waits longer after each attempt, up to two minutes: the probe would measure this back-off, not when Milvus serves again.
RECONNECTING = [("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 200), ("grpc.min_reconnect_backoff_ms", 1000)]
CONNECT_SECONDS = 1
stop = threading.Event()


class Meter:
    """Repeats a call, and records when it failed."""

    def __init__(self, name, call, began):
        self.name, self.call, self.began = name, call, began
        self.worked, self.failed, self.outages, self.down_since, self.error = 0, 0, [], None, None

    def run(self):
        while not stop.is_set():
            asked = time.monotonic()
            try:
                self.call()
                self.note(asked, None)
            except Exception as error:  # any failure is an outage to a user
                self.note(asked, f"{type(error).__name__}: {error}"[:160])
                watch_connection()
            stop.wait(max(0, PERIOD_SECONDS - (time.monotonic() - asked)))
        self.close()

    def note(self, asked, error):
        if error is None and time.monotonic() - asked > SLOW_SECONDS and self.down_since is None:
            self.down_since, self.error = asked, "slow"
        if error is None:
            self.worked += 1
            self.close()
            return
        self.failed += 1
        if self.down_since is None:
            self.down_since, self.error = asked, error

    def close(self):
        if self.down_since is None:
            return
        start, length = self.down_since - self.began, time.monotonic() - self.down_since
        self.outages.append({"at_s": round(start, 1), "seconds": round(length, 1), "error": self.error})
        self.down_since = None

    def result(self):
        lengths = [outage["seconds"] for outage in self.outages]
        return {
            "ok": self.worked,
            "failed": self.failed,
            "rate": round(self.worked / max(1, self.worked + self.failed), 4),
            "longest_s": max(lengths, default=0),
            "outage_s": round(sum(lengths), 1),
            "outages": self.outages,
        }


def vector():
    return [random.random() for _ in range(8)]


def prepare():
    if not utility.has_collection("probe"):
        fields = [FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("v", DataType.FLOAT_VECTOR, dim=8)]
        made = Collection("probe", CollectionSchema(fields))
        made.create_index("v", INDEX)
        made.load()
    return Collection("facts"), Collection("probe")


def lost(probe, acknowledged):
    found = 0
    for start in range(0, len(acknowledged), 200):
        found += len(probe.query(f"id in {acknowledged[start:start + 200]}", consistency_level="Strong", timeout=60))
    return len(acknowledged) - found


def reconnect_quickly():
    channel = grpc.insecure_channel
    grpc.insecure_channel = lambda target, options=(), **rest: channel(target, options=[*options, *RECONNECTING], **rest)


def watch_connection():
    """Waits for the connection: gRPC reconnects, and updates the state of the channel, only while a caller waits for it."""
    try:
        grpc.channel_ready_future(connections._fetch_handler("default")._channel).result(timeout=CONNECT_SECONDS)
    except grpc.FutureTimeoutError:
        pass


def main():
    reconnect_quickly()
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would print every failed call; failures are expected here
    host, _, port = sys.argv[1].partition(":")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    connections.connect(host=host, port=port or "19530", timeout=30)
    facts, probe = prepare()
    acknowledged = []

    def nearest(timeout):
        return [hit.id for hit in facts.search([[0.5] * 8], "v", SEARCH, limit=5, timeout=timeout)[0]]

    expected = nearest(30)

    def search():
        assert nearest(TIMEOUT_SECONDS) == expected

    def query():
        assert len(facts.query("id in [1, 2, 3]", timeout=TIMEOUT_SECONDS)) == 3

    def insert():
        key = time.time_ns()
        probe.insert([[key], [vector()]], timeout=TIMEOUT_SECONDS)
        acknowledged.append(key)

    began = time.monotonic()
    meters = [Meter(call.__name__, call, began) for call in (search, query, insert)]
    threads = [threading.Thread(target=meter.run) for meter in meters]
    for thread in threads:
        thread.start()
    print("probing", file=sys.stderr, flush=True)
    for thread in threads:
        thread.join()
    results = {meter.name: meter.result() for meter in meters}
    print(json.dumps({"seconds": round(time.monotonic() - began, 1), "acknowledged": len(acknowledged), "lost": lost(probe, acknowledged), **results}))


main()
