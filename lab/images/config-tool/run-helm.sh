#!/bin/bash
# The chart starts Milvus with this script: merges the settings of the chart and of the user over those of the image, then runs its arguments.
set -e
/milvus/tools/merge /milvus/configs/milvus.yaml /milvus/configs/default.yaml /milvus/configs/user.yaml
exec "$@"
