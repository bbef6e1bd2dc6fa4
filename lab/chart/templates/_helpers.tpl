{{- define "milvus.name" -}}{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}{{- end }}

{{- define "milvus.fullname" -}}
{{- $name := include "milvus.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* The name of the objects of a dependency: the name of the release if it already contains the name of the dependency. usage: list . "etcd" */}}
{{- define "milvus.dependency" -}}
{{- $release := (index . 0).Release.Name -}}{{- $name := index . 1 -}}
{{- ternary $release (printf "%s-%s" $release $name) (contains $name $release) -}}
{{- end }}

{{- define "milvus.selector" -}}
app.kubernetes.io/name: {{ include "milvus.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "milvus.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{ include "milvus.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/*
Every component of Milvus. `kind` determines replicas, strategy and Service; `since` is the first chart version with the component.
*/}}
{{- define "milvus.components" -}}
- {name: standalone, key: standalone, kind: standalone, run: [standalone], port: 19530}
- {name: rootcoord, key: rootCoordinator, kind: coordinator, run: [rootcoord], port: 53100}
- {name: querycoord, key: queryCoordinator, kind: coordinator, run: [querycoord], port: 19531}
- {name: indexcoord, key: indexCoordinator, kind: coordinator, run: [indexcoord], port: 31000}
- {name: datacoord, key: dataCoordinator, kind: coordinator, run: [datacoord], port: 13333}
- {name: mixcoord, key: mixCoordinator, kind: coordinator, run: [mixture, -rootcoord, -querycoord, -datacoord, -indexcoord], since: 4.0.10}
- {name: querynode, key: queryNode, kind: node, run: [querynode], port: 21123, grouped: true}
- {name: indexnode, key: indexNode, kind: node, run: [indexnode], port: 21121}
- {name: datanode, key: dataNode, kind: node, run: [datanode], port: 21124}
- {name: streamingnode, key: streamingNode, kind: node, run: [streamingnode], port: 22222, grouped: true, since: 4.2.8}
- {name: proxy, key: proxy, kind: proxy, run: [proxy], port: 19530}
{{- end }}

{{/* "yes" if the component is installed. usage: list . $component */}}
{{- define "milvus.installed" -}}
{{- $top := index . 0 -}}{{- $component := index . 1 -}}
{{- $values := index $top.Values $component.key | default dict -}}
{{- $cluster := $top.Values.cluster.enabled -}}
{{- if semverCompare (printf "<%s" ($component.since | default "0.0.1")) $top.Chart.Version -}}
{{- else if eq $component.name "standalone" -}}{{ if not $cluster }}yes{{ end }}
{{- else if eq $component.name "streamingnode" -}}{{ if and $cluster ($top.Values.streaming | default dict).enabled }}yes{{ end }}
{{- else if and $cluster $values.enabled -}}yes{{- end -}}
{{- end }}

{{/* From chart 4.1.1 on, active-standby of the mixed coordinator applies to each coordinator in it. usage: list . "rootCoordinator" */}}
{{- define "milvus.activeStandby" -}}
{{- $top := index . 0 -}}{{- $own := (index $top.Values (index . 1)).activeStandby | default dict -}}
{{- $mixed := $top.Values.mixCoordinator | default dict -}}
{{- $shared := and (semverCompare ">=4.1.1" $top.Chart.Version) $mixed.enabled ($mixed.activeStandby | default dict).enabled -}}
{{- or $own.enabled $shared | default false -}}
{{- end }}

{{/*
The message queue of a standalone Milvus. From 5.0.0 on, woodpecker is the default, but an existing release keeps the queue of its data:
the one of the live Deployment, or rocksmq if it has none.
*/}}
{{- define "milvus.standaloneQueue" -}}
{{- $asked := .Values.standalone.messageQueue -}}
{{- $live := dict -}}
{{- if and (semverCompare ">=5.0.0" .Chart.Version) (eq $asked "woodpecker") (gt .Release.Revision 1) -}}
{{- $live = lookup "apps/v1" "Deployment" .Release.Namespace (printf "%s-standalone" (include "milvus.fullname" .)) -}}
{{- end -}}
{{- if $live -}}{{ get ($live.metadata.annotations | default dict) "milvus.io/message-queue" | default "rocksmq" }}{{- else -}}{{ $asked }}{{- end -}}
{{- end }}

{{- define "milvus.claim" -}}
{{- $persistence := index . 1 -}}
{{- $persistence.persistentVolumeClaim.existingClaim | default (printf "%s%s" (include "milvus.fullname" (index . 0) | trunc 58) (index . 2)) -}}
{{- end }}
