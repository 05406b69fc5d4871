# shellcheck shell=bash
# Sourced by ./dev and the scripts beside this file: messages, timed steps, where things are.

SLUICE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SLUICE_CACHE=${SLUICE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/sluice}
SLUICE_BUILD=${SLUICE_BUILD:-$SLUICE_ROOT/build}
export SLUICE_ROOT SLUICE_CACHE SLUICE_BUILD

# Messages go to standard error, so that a script's standard output stays its result.
say() { printf '%s\n' "$*" >&2; }

die() {
	say "error: $1"
	shift
	local line
	for line in "$@"; do say "       $line"; done
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# seconds_since MS: "12.3 s"
seconds_since() {
	local ms=$(($(now_ms) - $1))
	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# The elapsed seconds of a step, rewritten in place; only called when a person is watching.
tick() {
	local title=$1 begin=$SECONDS
	while sleep 1; do printf '\r-> %s  %d s ' "$title" $((SECONDS - begin)) >&2; done
}

# step TITLE COMMAND...: runs the command with its output kept aside, shows that it is running and
# how long it took; shows the end of the output when it fails. Returns the command's status.
step() {
	local title=$1 begin log status=0 ticker=
	shift
	begin=$(now_ms)
	mkdir -p "$SLUICE_CACHE/log"
	log=$(mktemp "$SLUICE_CACHE/log/step.XXXXXX")
	if [ -t 2 ]; then
		printf -- '-> %s ' "$title" >&2
		tick "$title" &
		ticker=$!
	else
		say "-> $title"
	fi
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ -n "$ticker" ]; then
		kill "$ticker" 2>/dev/null || true
		wait "$ticker" 2>/dev/null || true
		printf '\r\033[K' >&2
	fi
	if [ "$status" -eq 0 ]; then
		say "ok $title ($(seconds_since "$begin"))"
		rm -f "$log"
		return 0
	fi
	say "FAILED $title ($(seconds_since "$begin")); the last lines of $log:"
	tail -n 60 "$log" >&2
	return "$status"
}
