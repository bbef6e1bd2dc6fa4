"""Writes rows to a Milvus, and verifies later that all of them exist and that the same search finds them.

usage: rows.py make|check HOST[:PORT] [--rows N] [--wait SECONDS]

`make` writes N (3,000) rows with vectors from a fixed seed, indexes and loads them. Both print the same JSON object if nothing is lost:
{"rows": count, "search": [the ids nearest to a fixed vector], "digest": of every row's id and vector}. `check` waits until a search succeeds and
returns all rows: components that report that they are healthy may not serve yet, and a query node returns an empty answer before its segments are
loaded. At the time limit it prints the current result, and on stderr the duration of the wait. Exit code 1: no answer within the time limit.
"""
import argparse
import hashlib
import json
import logging
import random
import struct
import sys
import time

from pymilvus import Collection, CollectionSchema, DataType, FieldSchema, connections, utility

NAME, DIMENSION, BATCH = "facts", 8, 500
INDEX = {"index_type": "IVF_FLAT", "metric_type": "L2", "params": {"nlist": 16}}
SEARCH = {"metric_type": "L2", "params": {"nprobe": 16}}  # equal to nlist: an exact search, so its result must not change


def flush(collection):
    if hasattr(collection, "flush"):
        collection.flush()
    else:  # the client for 2.1 flushes when it counts
        collection.num_entities


def make(count):
    chance = random.Random(1)
    vectors = [[chance.random() for _ in range(DIMENSION)] for _ in range(count)]
    if utility.has_collection(NAME):
        utility.drop_collection(NAME)
    fields = [FieldSchema("id", DataType.INT64, is_primary=True), FieldSchema("v", DataType.FLOAT_VECTOR, dim=DIMENSION)]
    facts = Collection(NAME, CollectionSchema(fields))
    facts.insert([list(range(count)), vectors])
    flush(facts)
    facts.create_index("v", INDEX)
    facts.load()


def read():
    facts = Collection(NAME)
    hits = facts.search([[0.5] * DIMENSION], "v", SEARCH, limit=10, timeout=10, consistency_level="Strong")[0]
    digest, count = hashlib.sha256(), 0
    while True:
        rows = facts.query(f"{count} <= id < {count + BATCH}", output_fields=["v"], consistency_level="Strong", timeout=20)
        for row in sorted(rows, key=lambda row: row["id"]):
            digest.update(struct.pack(f"<q{DIMENSION}f", row["id"], *row["v"]))
        count += len(rows)
        if len(rows) < BATCH:  # the last batch, or a gap: then the count is lower
            break
    return {"rows": count, "search": [hit.id for hit in hits], "digest": digest.hexdigest()[:16]}


def patiently(call, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except Exception as error:  # any error: only the deadline decides
            if time.monotonic() > end:
                sys.exit(f"{type(error).__name__}: {error}")
            time.sleep(0.5)


def read_all(count, seconds):
    begin = time.monotonic()
    while True:
        seen = patiently(read, seconds)
        waited = time.monotonic() - begin
        if seen["rows"] == count or waited > seconds:
            print(f"{seen['rows']} rows after {waited:.1f} s", file=sys.stderr)
            return seen
        time.sleep(0.5)


def main():
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would print every failed call; failures are expected here
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["make", "check"])
    parser.add_argument("host")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--wait", type=float, default=120, help="seconds to wait for a Milvus that answers")
    given = parser.parse_args()
    host, _, port = given.host.partition(":")
    patiently(lambda: connections.connect(host=host, port=port or "19530", timeout=10), given.wait)
    if given.what == "make":
        patiently(lambda: make(given.rows), given.wait)
    print(json.dumps(read_all(given.rows, given.wait)))


main()
