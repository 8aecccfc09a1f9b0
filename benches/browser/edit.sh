#!/usr/bin/env bash
# Starts `make dev` on a free port with data of its own and measures how long an edit of a component's text takes to reach the
# browser (edit.mjs). The edited file is restored in any case.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

file=src/ui/pages/sign_in.rs
heading="Sign in"
log=$REVIEW_MESSAGES_CACHE/logs/bench-edit.log
scratch=$(mktemp -d "${TMPDIR:-/tmp}/review-messages-edit.XXXXXX")
cp -p "$file" "$scratch/before"

finish() {
    [ -z "${dev:-}" ] || kill -TERM -- "-$dev" 2>/dev/null || true
    [ -z "${measuring:-}" ] || kill "$measuring" 2>/dev/null || true
    cmp -s "$file" "$scratch/before" || cp "$scratch/before" "$file"
    rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

PATH=$REVIEW_MESSAGES_CACHE/tools/node/bin:$PATH
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM
port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
# Its own group of processes, so that the server ends with it.
set -m
env -u DATABASE_URL ADDR="127.0.0.1:$port" DATA_DIR="$scratch/data" LEPTOS_RELOAD_PORT=$((port + 1)) scripts/run.sh dev >"$log" 2>&1 &
dev=$!
set +m
say "Waiting for make dev (about 5 min the first time; it writes to $log)"
node benches/browser/edit.mjs "http://127.0.0.1:$port/sign-in" "$file" "$heading" &
measuring=$!
# Whichever ends first: make dev ends only if it fails.
wait -n "$dev" "$measuring" || die "The measurement broke off; the end of what make dev said: $(tail -n 5 "$log")"
