# One Kafka broker that is its own controller. ADVERTISED is its host name for clients. The jars are those of this build or of the official Kafka image.
set -e
{ cat /kafka/server.properties; echo "advertised.listeners=PLAINTEXT://${ADVERTISED:-localhost}:9092"; } >/tmp/server.properties
jars='/kafka/lib/*:/opt/kafka/libs/*'
[ -f /data/meta.properties ] || java -cp "$jars" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qk -c /tmp/server.properties
exec java -Xmx512m -cp "$jars" kafka.Kafka /tmp/server.properties
