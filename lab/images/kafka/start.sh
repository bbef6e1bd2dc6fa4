# One Kafka broker that is its own controller. ADVERTISED is the name by which clients find it. The jars are ours or those of Kafka's own image.
set -e
{ cat /kafka/server.properties; echo "advertised.listeners=PLAINTEXT://${ADVERTISED:-localhost}:9092"; } >/tmp/server.properties
jars='/kafka/lib/*:/opt/kafka/libs/*'
[ -f /data/meta.properties ] || java -cp "$jars" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qk -c /tmp/server.properties
exec java -Xmx512m -cp "$jars" kafka.Kafka /tmp/server.properties
