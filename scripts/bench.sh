#!/usr/bin/env bash
# `make bench`: measures the release build that the Makefile has just made, and prints the tables of benches/RESULTS.md.
# BENCH_BASE=DIR measures another release in turn with it: DIR holds review-messages, hash.txt and site/.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v sqlite3 >/dev/null || { echo "bench: the program sqlite3 is missing; install Debian's package sqlite3." >&2; exit 1; }
: "${REVIEW_MESSAGES_BIN:?the release binary; make bench sets it}"
export BENCH_DIR="${BENCH_DIR:-${CARGO_TARGET_DIR:-target}/bench}"
base=()
if [ -n "${BENCH_BASE:-}" ]; then
    BENCH_BASE=$(realpath "$BENCH_BASE")
    export BENCH_BASE
    for file in review-messages hash.txt site; do
        [ -e "$BENCH_BASE/$file" ] || { echo "bench: BENCH_BASE has no $file: it holds review-messages, hash.txt and site/ of a release." >&2; exit 1; }
    done
    base=(--base "$BENCH_BASE")
fi

# The backticks are Markdown.
# shellcheck disable=SC2016
printf '# Measured\n\n`make bench` on %s, %s cores (%s), %s of memory, %s.\n' \
    "$(date -u +%F)" "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)" "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
printf 'SQLite, release build of %s. These machines are shared: compare the columns of one run, not two runs.\n' "$(git rev-parse --short HEAD)"
# Building the benchmark overwrites the release with a build that lacks what cargo-leptos adds: measure a copy, and restore it
# afterwards.
release=$REVIEW_MESSAGES_BIN
mkdir -p "$BENCH_DIR/bin"
rm -f "$BENCH_DIR/bin/review-messages"
cp -p "$release" "$(dirname "$release")/hash.txt" "$BENCH_DIR/bin/"
export REVIEW_MESSAGES_BIN=$BENCH_DIR/bin/review-messages
restore() { cp -p "$REVIEW_MESSAGES_BIN" "$release.measured" && mv "$release.measured" "$release"; }
trap restore EXIT
cargo bench --quiet --features ssr --bench messages
restore
# A newer Node.js, where the system's is too old for Playwright (scripts/setup.sh).
PATH=${REVIEW_MESSAGES_CACHE:?make bench sets it}/tools/node/bin:$PATH
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM
scripts/sizes.sh
node benches/browser/measure.mjs "${base[@]}"
benches/browser/edit.sh
