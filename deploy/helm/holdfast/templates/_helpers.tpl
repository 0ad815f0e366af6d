{{/* The name of everything in a release. */}}
{{- define "holdfast.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "holdfast.labels" -}}
{{ include "holdfast.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "holdfast.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "holdfast.name" .) -}}
{{- else -}}
{{- required "serviceAccount.name: which one, where none is created?" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Refuses what the server would refuse at its start, before anything is changed. */}}
{{- define "holdfast.check" -}}
{{- $v := .Values -}}
{{- if and $v.access.existingSecret $v.access.allowAnonymous -}}
{{- fail "access.existingSecret and access.allowAnonymous contradict each other: leave one of them out" -}}
{{- end -}}
{{- if not (or $v.access.existingSecret $v.access.allowAnonymous $v.tls.clientCaSecret) -}}
{{- fail "who may ask? Name a Secret with an access file in access.existingSecret, or say with access.allowAnonymous=true that everybody may" -}}
{{- end -}}
{{- if and $v.tls.clientCaSecret (not $v.tls.existingSecret) -}}
{{- fail "tls.clientCaSecret needs tls.existingSecret" -}}
{{- end -}}
{{- if and (eq $v.models.from "claim") (not $v.models.claim.name) -}}
{{- fail "models.claim.name: which claim holds the models?" -}}
{{- end -}}
{{- if and (eq $v.models.from "init") (not $v.models.init.container) -}}
{{- fail "models.init.container: what brings the models?" -}}
{{- end -}}
{{- if and (eq $v.models.from "s3") (not $v.models.s3.url) -}}
{{- fail "models.s3.url: which bucket holds the models? s3://BUCKET/PREFIX" -}}
{{- end -}}
{{- range $name := list "models" "models_endpoint" "models_cache" "listen" "admin_listen" "drain_seconds" "access" "allow_anonymous" "tls_cert" "tls_key" "tls_client_ca" "tls_client_crl" "trusted_keys" "signatures" "config" -}}
{{- if hasKey $v.options $name -}}
{{- fail (printf "options.%s: another value of the chart says it" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The directory or bucket of models. */}}
{{- define "holdfast.models" -}}
{{- $models := .Values.models -}}
{{- if eq $models.from "s3" -}}
{{- $models.s3.url -}}
{{- else -}}
{{- printf "/models/%s" (ternary $models.claim.path "" (eq $models.from "claim")) | trimSuffix "/" -}}
{{- end -}}
{{- end -}}

{{/* The server's environment. */}}
{{- define "holdfast.environment" -}}
{{- $v := .Values -}}
{{- $env := dict "HOLDFAST_LISTEN" "0.0.0.0:50051" "HOLDFAST_ADMIN_LISTEN" "0.0.0.0:9090" "HOLDFAST_MODELS" (include "holdfast.models" .) "HOLDFAST_DRAIN_SECONDS" $v.drainSeconds -}}
{{- range $name, $value := $v.options -}}
{{- $_ := set $env (printf "HOLDFAST_%s" (upper $name)) $value -}}
{{- end -}}
{{- if $v.config }}{{ $_ := set $env "HOLDFAST_CONFIG" "/etc/holdfast/config/holdfast.toml" }}{{ end -}}
{{- if $v.access.existingSecret }}{{ $_ := set $env "HOLDFAST_ACCESS" "/etc/holdfast/access/access.toml" }}{{ end -}}
{{- if $v.access.allowAnonymous }}{{ $_ := set $env "HOLDFAST_ALLOW_ANONYMOUS" "true" }}{{ end -}}
{{- if $v.tls.existingSecret -}}
{{- $_ := set $env "HOLDFAST_TLS_CERT" "/etc/holdfast/tls/tls.crt" -}}
{{- $_ := set $env "HOLDFAST_TLS_KEY" "/etc/holdfast/tls/tls.key" -}}
{{- end -}}
{{- if $v.tls.clientCaSecret }}{{ $_ := set $env "HOLDFAST_TLS_CLIENT_CA" "/etc/holdfast/client-ca/ca.crt" }}{{ end -}}
{{- if $v.signatures.trustedKeysConfigMap }}{{ $_ := set $env "HOLDFAST_TRUSTED_KEYS" "/etc/holdfast/trust/trusted-keys.toml" }}{{ end -}}
{{- if $v.signatures.policy }}{{ $_ := set $env "HOLDFAST_SIGNATURES" $v.signatures.policy }}{{ end -}}
{{- if eq $v.models.from "s3" -}}
{{- $_ := set $env "HOLDFAST_MODELS_CACHE" "/var/cache/holdfast" -}}
{{- if $v.models.s3.endpoint }}{{ $_ := set $env "HOLDFAST_MODELS_ENDPOINT" $v.models.s3.endpoint }}{{ end -}}
{{- if $v.models.s3.region }}{{ $_ := set $env "AWS_REGION" $v.models.s3.region }}{{ end -}}
{{- end -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end -}}
{{- end -}}

{{/* Of every container: nothing that a server of sums needs. */}}
{{- define "holdfast.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
runAsNonRoot: true
{{- end -}}
