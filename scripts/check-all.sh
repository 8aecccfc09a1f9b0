#!/usr/bin/env bash
# Every check there is, in order, up to the first that fails; `check-all.sh lint` stops after the first group.
# The last line is the count of tests: "N passed, M failed", with ", K skipped" where there are any.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

what=${1:-test}
logs=$REVIEW_MESSAGES_CACHE/logs
passed=0 failed=0 skipped=0 doing=

finish() {
    local status=$?
    [ "$what" = test ] || exit $status
    [ $status = 0 ] || say "Failed at: ${doing:-set-up}"
    [ $status != 0 ] || say "All checks took $(span $SECONDS)"
    printf '%d passed, %d failed' $passed $failed
    [ $skipped = 0 ] || printf ', %d skipped' $skipped
    printf '\n'
    exit $status
}
trap finish EXIT

check() {
    doing=$1
    step "$@"
}

# sum LOG PATTERN: adds up the numbers that the pattern's group finds
sum() { sed -E 's/\x1b\[[0-9;]*[A-Za-z]//g' "$1" | sed -nE "s/$2/\\1/p" | awk '{ n += $1 } END { print n + 0 }'; }

# count LOG PASSED FAILED SKIPPED: takes what a runner printed into account; a runner that ran no test is an error
count() {
    local p f s
    p=$(sum "$1" "$2") f=$(sum "$1" "$3") s=$(sum "$1" "$4")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    [ $((p + f)) -gt 0 ] || {
        say "No test was run"
        return 1
    }
}

# counted KIND LOG COMMAND...: runs tests and counts them, also where some fail
counted() {
    local kind=$1 log=$2 status=0
    shift 2
    "$@" 2>&1 | tee "$log" || status=$?
    case $kind in
        cargo) count "$log" '^test result: .* ([0-9]+) passed;.*' '^test result: .* ([0-9]+) failed;.*' '^test result: .* ([0-9]+) ignored;.*' || status=1 ;;
        playwright) count "$log" '^ +([0-9]+) (passed|flaky)\b.*' '^ +([0-9]+) (failed|interrupted|did not run)\b.*' '^ +([0-9]+) skipped\b.*' || status=1 ;;
    esac
    [ $failed = 0 ] || status=1
    return $status
}

debug() { heal "$logs/check.log" debug -- "$@"; }
wasm() { heal "$logs/check.log" debug wasm32-unknown-unknown -- "$@"; }
tests() {
    # Compiled first: only then is a failure a sign of a broken cache, and never a failing test.
    debug cargo test --features "$1" --no-run
    counted cargo "$logs/test-$1.log" "${@:2}" cargo test --features "$1" --no-fail-fast
}
typescript() { (cd end2end && tsc --noEmit); }
browser() { (cd end2end && playwright test --reporter=list); }

case $what in
    lint) scripts/setup.sh lint ;;
    test) scripts/setup.sh test ;;
    *) die "check-all.sh knows lint and test, and not $what." ;;
esac
# shellcheck source=scripts/env.sh
. scripts/env.sh

take_over_cache
check "Checking the scripts with shellcheck" "5 s" shellcheck -x scripts/*.sh benches/browser/*.sh .ci/run
check "Checking the format of the code" "5 s" cargo fmt --all --check
check "Checking the server's code, SQLite" "4 min the first time" debug cargo clippy --all-targets --features ssr -- -D warnings
check "Checking the server's code, PostgreSQL" "2 min the first time" debug cargo clippy --all-targets --features ssr,postgres -- -D warnings
check "Checking the browser's code" "2 min the first time" wasm cargo clippy --lib --package review-messages --package review-messages-browser \
    --features review-messages/hydrate --target wasm32-unknown-unknown -- -D warnings
[ "$what" = test ] || exit 0

check "Testing on SQLite" "6 min the first time" tests ssr
check "Testing on PostgreSQL" "5 min the first time" tests ssr,postgres scripts/postgres.sh run
check "Checking the browser tests' types" "10 s" typescript
doing="Building the release"
scripts/build.sh sqlite
check "Measuring what a first visit downloads" "10 s" scripts/sizes.sh --check
# A newer Node.js, where the system's is too old for Playwright (scripts/setup.sh).
PATH=$REVIEW_MESSAGES_CACHE/tools/node/bin:$PATH
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM
check "Testing in the browser" "5 min" counted playwright "$logs/test-browser.log" browser
doing=
