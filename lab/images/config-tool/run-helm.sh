#!/bin/bash
# What the chart starts Milvus with: the chart's settings and the user's are laid over those of the image, then the rest of the line runs.
set -e
/milvus/tools/merge /milvus/configs/milvus.yaml /milvus/configs/default.yaml /milvus/configs/user.yaml
exec "$@"
