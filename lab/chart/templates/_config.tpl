{{/* The settings of the chart for Milvus. They are merged over milvus.yaml of the image (3.2.18: replace it); user.yaml is merged over them. */}}
{{- define "milvus.config" -}}
{{- $values := .Values -}}
{{- $queue := "" -}}
{{- if $values.externalKafka.enabled }}{{ $queue = "kafka" }}
{{- else if $values.kafka.enabled }}{{ $queue = "kafka" }}
{{- else if or $values.externalPulsar.enabled $values.pulsar.enabled }}{{ $queue = "pulsar" }}
{{- else if ($values.woodpecker | default dict).enabled }}{{ $queue = "woodpecker" }}
{{- else if ($values.pulsarv3 | default dict).enabled }}{{ $queue = "pulsar" }}
{{- end }}
{{- if not $values.cluster.enabled }}{{ $queue = include "milvus.standaloneQueue" . }}{{ end -}}
etcd:
  endpoints:
{{- if $values.externalEtcd.enabled }}
  {{- toYaml $values.externalEtcd.endpoints | nindent 4 }}
{{- else }}
{{- $etcd := include "milvus.dependency" (list . $values.etcd.name) }}
{{- if semverCompare ">=4.2.3" .Chart.Version }}
{{- range $index := until (int $values.etcd.replicaCount) }}
    - {{ $etcd }}-{{ $index }}.{{ $etcd }}-headless.{{ $.Release.Namespace }}.svc.cluster.local:{{ $values.etcd.service.port }}
{{- end }}
{{- else }}
    - {{ $etcd }}:{{ $values.etcd.service.port }}
{{- end }}
{{- end }}
{{- with $values.metadata }}
  rootPath: {{ .rootPath }}
{{- end }}
metastore:
  type: etcd
minio:
{{- if $values.externalS3.enabled }}
  address: {{ $values.externalS3.host }}
  {{- omit $values.externalS3 "enabled" "host" "accessKey" "secretKey" | toYaml | nindent 2 }}
  accessKeyID: {{ $values.externalS3.accessKey }}
  secretAccessKey: {{ $values.externalS3.secretKey }}
{{- else }}
  address: {{ include "milvus.dependency" (list . $values.minio.name) }}
  port: {{ $values.minio.service.port }}
  accessKeyID: {{ $values.minio.accessKey }}
  secretAccessKey: {{ $values.minio.secretKey }}
  useSSL: {{ $values.minio.tls.enabled }}
  bucketName: {{ $values.minio.bucketName }}
  rootPath: {{ $values.minio.rootPath }}
  useIAM: {{ $values.minio.useIAM }}
{{- end }}
{{- if and $queue (semverCompare ">=3.3.2" .Chart.Version) }}
messageQueue: {{ $queue }}
{{- if semverCompare ">=4.0.33" .Chart.Version }}
mq:
  type: {{ $queue }}
{{- end }}
{{- end }}
{{- if $values.externalPulsar.enabled }}
pulsar:
  address: {{ $values.externalPulsar.host }}
  {{- omit $values.externalPulsar "enabled" "host" | toYaml | nindent 2 }}
{{- else if eq $queue "pulsar" }}
pulsar:
  address: {{ include "milvus.dependency" (list . (ternary "pulsar" "pulsarv3" $values.pulsar.enabled)) }}-proxy
  port: 6650
{{- end }}
{{- if $values.externalKafka.enabled }}
kafka:
  brokerList: {{ $values.externalKafka.brokerList }}
  securityProtocol: {{ $values.externalKafka.securityProtocol }}
  saslMechanisms: {{ $values.externalKafka.sasl.mechanisms }}
  {{- with $values.externalKafka.sasl.username }}
  saslUsername: {{ . }}
  {{- end }}
  {{- with $values.externalKafka.sasl.password }}
  saslPassword: {{ . }}
  {{- end }}
{{- else if eq $queue "kafka" }}
kafka:
  brokerList: {{ include "milvus.dependency" (list . $values.kafka.name) }}:{{ $values.kafka.service.ports.client }}
{{- end }}
proxy:
  port: 19530
  internalPort: 19529
{{- range $section, $name := dict "rootCoord" "rootcoord" "queryCoord" "querycoord" "indexCoord" "indexcoord" "dataCoord" "datacoord" }}
{{- $key := printf "%sinator" $section }}
{{ $section }}:
  address: {{ ternary (printf "%s-%s" (include "milvus.fullname" $) $name) "localhost" $values.cluster.enabled }}
  port: {{ (index $values $key).service.port }}
  {{- if semverCompare ">=4.0.4" $.Chart.Version }}
  enableActiveStandby: {{ include "milvus.activeStandby" (list $ $key) }}
  {{- end }}
{{- end }}
queryNode:
  port: 21123
  enableDisk: {{ $values.queryNode.disk.enabled }}
indexNode:
  port: 21121
  enableDisk: {{ $values.indexNode.disk.enabled }}
dataNode:
  port: 21124
log:
  level: {{ $values.log.level }}
  file:
    rootPath: {{ ternary $values.log.persistence.mountPath "" $values.log.persistence.enabled | quote }}
    {{- toYaml $values.log.file | nindent 4 }}
  format: {{ $values.log.format }}
{{- with ($values.streaming | default dict).woodpecker }}
woodpecker:
  storage:
    type: {{ .storage.type }}
    rootPath: {{ ternary "/woodpecker/data" "/var/lib/milvus/wp" $values.cluster.enabled }}
{{- end }}
{{- end }}
