#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# metrics.sh: what a fleet watches with. promtool reads the utility's output and
# tests the alerts; a real Prometheus scrapes it, through node_exporter's textfile
# collector and as the socket unit answers, and then answers every query of the
# dashboard and of the alerts. The figures are the unit test's golden files.
. "$(dirname "$0")/../vm/common.sh"
. "$VM_DIR/deps.sh"
. "$VM_DIR/apt.sh"
. "$TOP/selftests/lib/tap.sh"

GOLDEN=$TOP/userspace/tests/golden
RULES=$TOP/userspace/prometheus
PIDS=()

# Programs of packages that are unpacked, and start no service
prometheus() {
	BIN=$CACHE/prometheus/usr/bin
	[ -x "$BIN/prometheus" ] && [ -x "$BIN/prometheus-node-exporter" ] && return
	apt_state bookworm && apt_unpack "$CACHE/prometheus" prometheus prometheus-node-exporter
}

clean_up() {
	[ ${#PIDS[@]} = 0 ] || kill "${PIDS[@]}" 2>/dev/null
	rm -rf "$DIR"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# As systemd does with Accept=yes: a process for each connection, with it as its
# standard input and output.
start_socket_unit() {
	SOCKET=$(free_port)
	mkdir "$DIR/bin"
	printf '#!/bin/sh\n[ "$*" = "stats --openmetrics" ] && exec cat %s/metrics.om\n' "$GOLDEN" >"$DIR/bin/closewatch"
	chmod +x "$DIR/bin/closewatch"
	PATH=$DIR/bin:$PATH python3 -c '
import socket, subprocess, sys
l = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    with l.accept()[0] as c:
        subprocess.run([sys.argv[2]], stdin=c, stdout=c)' "$SOCKET" "$TOP/userspace/units/closewatch-metrics" &
	PIDS+=($!)
}

start_node_exporter() {
	NODE=$(free_port)
	mkdir "$DIR/textfile"
	cp "$GOLDEN/metrics.prom" "$DIR/textfile/closewatch.prom"
	"$BIN/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$DIR/textfile" \
		--web.listen-address="127.0.0.1:$NODE" 2>"$DIR/node.log" &
	PIDS+=($!)
}

start_prometheus() {
	WEB=$(free_port)
	cat >"$DIR/prometheus.yml" <<-END
		global: {scrape_interval: 1s, evaluation_interval: 1s}
		rule_files: [$RULES/closewatch.rules.yml]
		scrape_configs:
		  - {job_name: socket, static_configs: [{targets: ['127.0.0.1:$SOCKET']}]}
		  - {job_name: textfile, static_configs: [{targets: ['127.0.0.1:$NODE']}]}
	END
	"$BIN/prometheus" --config.file="$DIR/prometheus.yml" --storage.tsdb.path="$DIR/tsdb" \
		--web.listen-address="127.0.0.1:$WEB" 2>"$DIR/prometheus.log" &
	PIDS+=($!)
}

# ask PATH [NAME=VALUE]: of Prometheus's API; prints its answer
ask() {
	python3 -c '
import sys, urllib.parse, urllib.request
args = urllib.parse.urlencode([tuple(a.split("=", 1)) for a in sys.argv[2:]])
print(urllib.request.urlopen(sys.argv[1] + "?" + args, timeout=30).read().decode())' \
		"http://127.0.0.1:$WEB/api/v1/$1" "${@:2}"
}

# value QUERY: the only one
value() { ask query "query=$1" 2>/dev/null | jq -r '.data.result | if length == 1 then .[0].value[1] else "\(length) of them" end'; }

is() {
	local got
	got=$(value "$1")
	[ "$got" = "$2" ] || { echo "$1 is $got, not $2"; return 1; }
}

# Two scrapes of each, so that there are rates
both_were_scraped() {
	local tries
	for tries in {1..120}; do
		[ "$(value 'count(count_over_time(closewatch_policies[1m]) > 1)')" = 2 ] && return
		sleep 0.5
	done
	tail -n 20 "$DIR/prometheus.log" "$DIR/node.log"
	ask targets
	return 1
}

the_text_format_is_clean() { "$BIN/promtool" check metrics <"$GOLDEN/metrics.prom"; }

the_alerts_can_be_read() { "$BIN/promtool" check rules "$RULES/closewatch.rules.yml"; }

the_alerts_do_what_their_tests_say() { "$BIN/promtool" test rules "$RULES/closewatch.rules.test.yml"; }

each_alert_has_tests() {
	local name
	for name in $(sed -n 's/^ *- alert: //p' "$RULES/closewatch.rules.yml"); do
		grep -q "name: $name fires" "$RULES/closewatch.rules.test.yml" &&
			grep -q "name: $name is quiet" "$RULES/closewatch.rules.test.yml" || { echo "$name"; return 1; }
	done
}

both_ways_have_the_same_figures() {
	local job
	for job in socket textfile; do
		is "closewatch_closes_total{job=\"$job\",path=\"rst-unread\"}" 20 &&
			is "sum(closewatch_drain_outcomes_total{job=\"$job\"})" 58 &&
			is "closewatch_linger_wait_seconds_sum{job=\"$job\"}" 1234.567890123 &&
			is "closewatch_linger_wait_seconds_bucket{job=\"$job\",le=\"+Inf\"}" 15 || return
	done
	[ "$(value 'count({job="socket",__name__=~"closewatch_.*"})')" = "$(value 'count({job="textfile",__name__=~"closewatch_.*"})')" ]
}

types_and_help_arrive() {
	local name
	for name in closes_total:counter drains:gauge linger_wait_seconds:histogram; do
		ask metadata "metric=closewatch_${name%:*}" |
			jq -e --arg type "${name#*:}" '[.data[][] | select(.type == $type and .help != "")] | length > 0' >/dev/null ||
			{ echo "$name"; return 1; }
	done
}

no_label_names_a_process_a_port_or_an_address() {
	[ "$(ask series 'match[]={__name__=~"closewatch_.*"}' | jq -r '.data[] | keys[]' | sort -u | tr '\n' ' ')" = \
		'__name__ cause fate instance job le module outcome path refusal state utility ' ]
}

# All but those that show nothing where nothing moves, or divide by that
every_query_of_the_dashboard_has_an_answer() {
	local query answer n=0
	while read -r query; do
		query=${query//\$__rate_interval/1m}
		answer=$(ask query "query=${query//\$instance/.*}") || { echo "refused: $query"; return 1; }
		n=$((n + 1))
		case $query in *'> 0') continue ;; esac
		jq -e '.data.result | length > 0' <<<"$answer" >/dev/null || { echo "empty: $query"; return 1; }
	done < <(jq -r '.panels[].targets[].expr' "$RULES/closewatch.dashboard.json")
	echo "$n queries"
	[ "$n" -ge 20 ]
}

every_metric_of_dashboard_and_alerts_is_one_of_ours() {
	local name
	for name in $(grep -ohE 'closewatch_[a-z_]+' "$RULES"/*.json "$RULES/closewatch.rules.yml" | sort -u); do
		grep -q "^${name}[{ ]" "$GOLDEN/metrics.om" || { echo "$name"; return 1; }
	done
}

prometheus_evaluates_the_alerts() {
	ask rules | jq -e '[.data.groups[].rules[] | .health] | length == 9 and all(. == "ok")' >/dev/null || { ask rules; return 1; }
}

# The kernel would send RST if a part of the request was left unread.
the_socket_unit_reads_all_of_a_request() {
	python3 -c '
import socket, sys
c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
c.sendall(b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n")
got = b""
while True:
    part = c.recv(65536)
    if not part:
        break
    got += part
head, body = got.split(b"\r\n\r\n", 1)
assert b"200 OK" in head and b"Content-Length: %d\r\n" % len(body) in head, head
assert body.endswith(b"# EOF\n")' "$SOCKET"
}

a_module_that_is_not_there_is_no_success() {
	printf '#!/bin/sh\nexit 1\n' >"$DIR/bin/closewatch"
	PATH=$DIR/bin:$PATH "$TOP/userspace/units/closewatch-metrics" <<<$'GET / HTTP/1.1\r\n\r' | grep -q '^HTTP/1.1 503 '
}

"$VM_DIR/deps" jq
prometheus || die "prometheus cannot be had"
DIR=$(mktemp -d)
trap clean_up EXIT
start_socket_unit
start_node_exporter
start_prometheus
for claim in the_text_format_is_clean the_alerts_can_be_read the_alerts_do_what_their_tests_say \
	each_alert_has_tests both_were_scraped both_ways_have_the_same_figures types_and_help_arrive \
	no_label_names_a_process_a_port_or_an_address every_query_of_the_dashboard_has_an_answer \
	every_metric_of_dashboard_and_alerts_is_one_of_ours prometheus_evaluates_the_alerts \
	the_socket_unit_reads_all_of_a_request a_module_that_is_not_there_is_no_success; do
	tap_check "metrics: ${claim//_/ }" "$claim"
done
tap_end
