"""Unpacks the Milvus server of a Python package (`milvus` on PyPI) in the layout of the official image: /milvus/bin, /milvus/lib, /milvus/configs.
2.1.0 is the embedded edition, a library that images/embedded.c starts; it reads its configuration in another place.

usage: unpack_wheel.py WHEEL ROOTFS
"""
import lzma
import re
import sys
import zipfile
from pathlib import Path

# The package generates its milvus.yaml from a template at its start; these are the values of the official image.
SETTINGS = dict(
    root_coord_port=53100, query_coord_port=19531, index_coord_port=31000, data_coord_port=13333, query_node_port=21123, index_node_port=21121,
    data_node_port=21124, proxy_port=19530, proxy_internal_port=19529, etcd_port=2379, minio_port=9000, etcd_log_path="stdout",
    etcd_data_dir="/var/lib/milvus/etcd", local_storage_dir="/var/lib/milvus/data", rocketmq_data_dir="/var/lib/milvus/rdb_data",
    rocksmq_data_dir="/var/lib/milvus/rdb_data", system_log_path="", system_log_level="info", log_stdout="true",
)


def unpack_programs(wheel, root):
    for name in wheel.namelist():
        if "/data/bin/" not in name:
            continue
        path, data = Path(name), wheel.read(name)
        if path.suffix == ".lzma":
            path, data = path.with_suffix(""), lzma.decompress(data)
        target = root / "milvus" / ("bin" if path.name == "milvus" else "lib") / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(0o755)


def unpack_embedded(wheel, root):
    """The library and those that it needs, and the configuration where it is expected, as a link to the usual place."""
    for name in wheel.namelist():
        path = Path(name)
        if re.search(r"\.so(\.\d+)*$", path.name):
            target = root / "milvus" / "lib" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wheel.read(name))
    text = wheel.read(next(name for name in wheel.namelist() if name.endswith("embedded-milvus.yaml"))).decode()
    text = text.replace("embed: true", "embed: false").replace("/tmp/milvus/rdb_data", "/var/lib/milvus/rdb_data")
    # Paths in the metadata of 2.1 are relative to the directory, those of 2.2 are absolute: with these values they are the same.
    text = text.replace("path: /tmp/milvus/data/", "path: /").replace("rootPath: files", "rootPath: /var/lib/milvus/data")
    # The cache of the query node would overwrite the files, because its directory is the same.
    text = re.sub(r"(\n  cache:\n    enabled:) true", r"\1 false", text)
    text = re.sub(r"(rootPath:) /tmp/milvus/logs", r'\1 ""', text)  # the log goes to standard output
    configs = root / "milvus" / "configs"
    configs.mkdir(parents=True, exist_ok=True)
    (configs / "milvus.yaml").write_text(text)
    expected = root / "var" / "bin" / "e-milvus" / "configs"
    expected.mkdir(parents=True, exist_ok=True)
    (expected / "embedded-milvus.yaml").symlink_to("/milvus/configs/milvus.yaml")
    (expected / "easylogging.yaml").write_bytes(wheel.read(next(name for name in wheel.namelist() if name.endswith("easylogging.yaml"))))


def fill(match):
    key, _, default = match.group(1).partition(":")
    return str(SETTINGS.get(key.split("(")[0].strip(), default.strip()))


def write_configs(wheel, root):
    template = next(name for name in wheel.namelist() if name.endswith("config.yaml.template"))
    text = re.sub(r"\{\{\s*(.*?)\s*\}\}", fill, wheel.read(template).decode())
    text = re.sub(r"embed: +true", "embed: false", text)  # a real, separate etcd
    text = re.sub(r"(pulsar:\n  address: )localhost", r'\1""', text)  # Milvus prefers Pulsar to Kafka if Pulsar has an address
    configs = root / "milvus" / "configs"
    configs.mkdir(parents=True, exist_ok=True)
    (configs / "milvus.yaml").write_text(text)
    (configs / "glog.conf").write_text("--logtostderr=true\n--minloglevel=1\n")  # 2.3 crashes without it


with zipfile.ZipFile(sys.argv[1]) as package:
    if any(name.endswith("embd-milvus.so") for name in package.namelist()):
        unpack_embedded(package, Path(sys.argv[2]))
    else:
        unpack_programs(package, Path(sys.argv[2]))
        write_configs(package, Path(sys.argv[2]))
