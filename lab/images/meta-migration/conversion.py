"""Converts the metadata of Milvus 2.1 to those of Milvus 2.2, as the migration tool of Milvus does (milvus-io/milvus
cmd/tools/migration/meta/210_to_220.go, messages in internal/proto): the indexes of collections and segments move to the
data coordinator, aliases get a message of their own, and the query coordinator gets new load information.

The values are protobuf messages. `Message` keeps every field as it was encoded, so that fields that are not converted
are not lost.
"""
import json
import re

COLLECTION, ALIAS, SNAPSHOTS = "root-coord/collection/", "root-coord/collection-alias/", "snapshots/"
INDEX, SEGMENT_INDEX, INDEX_BUILD = "root-coord/index/", "root-coord/segment-index/", "indexes/"
LOADED = "queryCoord-collectionMeta/"
TOMBSTONE = b"\xe2\x9b\xbc"  # the value of a deleted key in a snapshot
LOAD_PARTITION, LOAD_COLLECTION, LOADED_STATUS, FINISHED = 1, 2, 2, 3
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value):
    out, value = b"", value & (1 << 64) - 1
    while True:
        out += bytes([value & 0x7F | (0x80 if value > 0x7F else 0)])
        value >>= 7
        if value == 0:
            return out


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


class Message:
    """The fields of a protobuf message, in their order: (number, wire type, value)."""

    def __init__(self, data=b""):
        self.fields, at = [], 0
        while at < len(data):
            tag, at = read_varint(data, at)
            number, kind = tag >> 3, tag & 7
            if kind == VARINT:
                value, at = read_varint(data, at)
            else:
                length, at = read_varint(data, at) if kind == BYTES else ({FIXED64: 8, FIXED32: 4}[kind], at)
                value, at = data[at : at + length], at + length
            self.fields.append((number, kind, value))

    def all(self, number):
        return [value for field, _, value in self.fields if field == number]

    def number(self, number):
        return (self.all(number) or [0])[-1]

    def text(self, number):
        return (self.all(number) or [b""])[-1].decode()

    def numbers(self, number):
        """A repeated integer field, packed or not."""
        found = []
        for value in self.all(number):
            if isinstance(value, int):
                found.append(value)
                continue
            at = 0
            while at < len(value):
                each, at = read_varint(value, at)
                found.append(each)
        return found

    def message(self, number):
        return Message((self.all(number) or [b""])[-1])

    def add(self, number, value):
        """Adds a field: an integer, a text, bytes, a message, or a list of these. Empty values are not written."""
        if isinstance(value, list):
            for each in value:
                self.add(number, each)
        elif isinstance(value, (int, bool)):
            if value:
                self.fields.append((number, VARINT, int(value)))
        elif isinstance(value, Message):
            self.fields.append((number, BYTES, value.encode()))
        elif value:
            self.fields.append((number, BYTES, value.encode() if isinstance(value, str) else value))
        return self

    def without(self, number):
        kept = Message()
        kept.fields = [field for field in self.fields if field[0] != number]
        return kept

    def encode(self):
        out = b""
        for number, kind, value in self.fields:
            out += varint(number << 3 | kind)
            out += varint(value) if kind == VARINT else (varint(len(value)) if kind == BYTES else b"") + value
        return out


def of(**fields):
    """A message of the fields f1, f2, …"""
    message = Message()
    for name, value in fields.items():
        message.add(int(name[1:]), value)
    return message


def pairs_of(values):
    """KeyValuePair messages as a dictionary."""
    return {pair.text(1): pair.text(2) for pair in map(Message, values)}


def flat(params):
    """The index parameters with those of the JSON text `params` beside the others."""
    found = {}
    for key, value in params.items():
        if key == "params":
            found.update({name: each if isinstance(each, str) else json.dumps(each) for name, each in json.loads(value).items()})
        else:
            found[key] = value
    return found


def field_index_map(indexes):
    return [of(f1=field, f2=index) for field, index in indexes]


class Conversion:
    """`old` maps the keys below the metadata root path to their values; `new` has the converted ones."""

    def __init__(self, old):
        self.old, self.new = old, {}
        self.indexes = {}  # collection ID → [(field ID, index ID)]
        self.schemas = {}
        for key in sorted(old, key=lambda each: (not each.startswith(SNAPSHOTS), *snapshot_of(each))):
            self.collection(key, old[key])
        for key, value in self.below(INDEX):
            self.index(key, Message(value))
        for _, value in self.below(SEGMENT_INDEX):
            self.segment_index(Message(value))
        for _, value in self.below(LOADED):
            self.loaded(Message(value))

    def below(self, prefix):
        return [(key, value) for key, value in self.old.items() if key.startswith(prefix)]

    def collection(self, key, value):
        """Collections and aliases, and their snapshots, the oldest first."""
        name = key[len(SNAPSHOTS) :] if key.startswith(SNAPSHOTS) else key
        if name.startswith(ALIAS):
            self.new[key.replace("root-coord/collection-alias/", "root-coord/aliases/")] = self.alias(key, value)
        elif name.startswith(COLLECTION):
            if value == TOMBSTONE:
                self.new[key] = value
                return
            message = Message(value)
            identity = message.number(1)
            self.indexes[identity] = [(each.number(1), each.number(2)) for each in map(Message, message.all(6))]
            self.schemas[identity] = message.message(2)
            self.new[key] = message.without(6).encode()

    def alias(self, key, value):
        if value == TOMBSTONE:
            return value
        message, (_, timestamp) = Message(value), snapshot_of(key)
        return of(f1=message.message(2).text(1), f2=message.number(1), f3=timestamp).encode()

    def index(self, key, message):
        collection, identity = (int(part) for part in key.split("/")[-2:])
        field = next((field for field, index in self.indexes.get(collection, []) if index == identity), None)
        if field is None:
            return
        schema = next(each for each in map(Message, self.schemas[collection].all(4)) if each.number(1) == field)
        name = message.text(1)
        info = of(
            f1=collection,
            f2=field,
            f3=f"_default_idx_{field}" if name == "_default_idx" else name,
            f4=identity,
            f5=schema.all(6),
            f6=[of(f1=each, f2=value) for each, value in flat(pairs_of(message.all(3))).items()],
            f12=message.all(3),
        )
        converted = of(f1=info, f2=message.number(4), f3=message.number(5))
        self.new[f"field-index/{collection}/{identity}"] = converted.encode()

    def segment_index(self, message):
        collection, partition, segment, identity, build = (message.number(each) for each in (1, 2, 3, 5, 6))
        built = Message(self.old.get(f"{INDEX_BUILD}{build}", b""))
        if build and not built.fields:
            raise ValueError(f"index build meta not found, segment id: {segment}, index id: {identity}, index build id: {build}")
        state = built.number(2) if build else FINISHED
        converted = of(
            f1=collection,
            f2=partition,
            f3=segment,
            f4=built.message(4).number(8),
            f5=identity,
            f6=build,
            f7=built.number(7),
            f8=built.number(8) if build else 1,
            f9=state,
            f10=built.text(3),
            f11=[path.decode().rsplit("/", 1)[-1] for path in built.all(5)],
            f12=built.number(6),
            f13=message.number(8),
            f14=built.number(10),
            f15=state == FINISHED,
        )
        self.new[f"segment-index/{collection}/{partition}/{segment}/{build}"] = converted.encode()

    def loaded(self, message):
        """What is not completely loaded, or has no index, is not loaded by 2.2."""
        collection, indexes = message.number(1), self.indexes.get(message.number(1), [])
        if message.number(7) < 100 or not indexes:
            return
        replicas, mapped = message.number(9), field_index_map(indexes)
        if message.number(4) == LOAD_COLLECTION:
            info = of(f1=collection, f2=message.all(6), f3=replicas, f4=LOADED_STATUS, f5=mapped)
            self.new[f"querycoord-collection-loadinfo/{collection}"] = info.encode()
        elif message.number(4) == LOAD_PARTITION:
            for partition in message.numbers(2):
                info = of(f1=collection, f2=partition, f3=replicas, f4=LOADED_STATUS, f5=mapped)
                self.new[f"querycoord-partition-loadinfo/{collection}/{partition}"] = info.encode()


def snapshot_of(key):
    """The key without its timestamp, and the timestamp; 0 if it is not a snapshot."""
    found = re.fullmatch(r"(.*)_ts(\d+)", key)
    return (found.group(1), int(found.group(2))) if found and key.startswith(SNAPSHOTS) else (key, 0)


def convert(old):
    """The converted metadata, by key. Raises ValueError if they are inconsistent."""
    return Conversion(old).new
