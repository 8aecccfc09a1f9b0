#!/usr/bin/env bash
# `make chaos`: does the fault cases on both engines with release builds, runs the tests in the process that belong to them, and writes
# benches/CHAOS.md. CASES=T1,T11 chooses cases, and prints their rows instead; SCALE=0.1 makes fewer repetitions and shorter outages.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export SCALE=${SCALE:-1} CASES=${CASES:-}
export CHAOS_DIR=${CHAOS_DIR:-$CARGO_TARGET_DIR/chaos}
mkdir -p "$CHAOS_DIR"
take_over_cache
since=$SECONDS failed=
rows=$CHAOS_DIR/rows.md
: >"$rows"

# Cargo builds the program beside the cases, without what cargo-leptos adds: put the release back that was there.
release=$REVIEW_MESSAGES_BIN
kept=$CHAOS_DIR/release-before
[ ! -e "$release" ] || cp -p "$release" "$kept"
restore() { [ ! -e "$kept" ] || mv "$kept" "$release"; }
trap restore EXIT

# cases FEATURES NAME WRAPPER...: builds the program and the cases for an engine, and does them
cases() {
    local features=$1 name=$2
    shift 2
    step "Building the release and the cases for $name" "4 min" cargo bench --quiet --no-run --features "$features" --bench chaos
    cp -p "$release" "$CHAOS_DIR/review-messages"
    say "Doing the cases on $name"
    # Each script sets it anew.
    "$@" env REVIEW_MESSAGES_BIN="$CHAOS_DIR/review-messages" cargo bench --quiet --features "$features" --bench chaos >>"$rows" || failed=yes
}

# in_process NUMBER WHAT TEST...: a row for a case that needs no process of its own, from what its tests said
in_process() {
    local number=$1 what=$2 test names='' result=pass
    shift 2
    for test; do
        names+="${names:+, }\`${test##*::}\`"
        grep -qE "^test .*$test \.\.\. ok$" "$log" || result='**FAIL**'
    done
    [ "$result" = pass ] || failed=yes
    printf '| %s | SQLite, in the process | %s | the tests %s | 0 | 0 | – | %s |\n' "$number" "$what" "$names" "$result" >>"$rows"
}

tests() {
    local steps
    steps=$(awk -v scale="$SCALE" 'BEGIN { n = 1000000 * scale; printf "%d", n < 20000 ? 20000 : n }')
    log=$CHAOS_DIR/tests.log
    step "Building the tests with optimization" "4 min" cargo test --quiet --release --features ssr --lib --no-run
    say "Running the tests in the process; the model check makes $steps steps"
    TMPDIR=$memory MODEL_STEPS=$steps cargo test --release --features ssr --lib -- sending:: schedule:: retry:: reviews unsubscrib >"$log" 2>&1 || failed=yes
    in_process T10 'what each answer at each point of SMTP and of Twilio means; a thousand retries come at their own times' \
        refusals_mean_what_they_say_at_every_point refusals_mean_what_they_say a_thousand_retries_do_not_come_back_in_one_second
    in_process T12 'a limit for each minute over four workers with clocks of their own, and one for each day' \
        four_workers_stay_within_the_projects_pace_together a_day_has_no_more_than_its_limit_and_the_rest_goes_on_tomorrow
    in_process T13 'a row that the database refuses at the claim, at the result, when it is lost; a message that makes its call panic' \
        one_result_that_cannot_be_written_stops_no_other one_message_that_cannot_be_claimed_stops_no_other \
        one_lost_claim_that_cannot_be_put_back_stops_no_other one_message_that_crashes_its_call_stops_no_other
    in_process T14 'the clock is set by an hour, forward and back, while 26 are under way in two workers' \
        a_clock_that_is_set_by_an_hour_doubles_nothing a_worker_never_takes_its_own_leases_for_lost
    in_process T15 'times in the gaps and folds of daylight saving time' gaps_shift_forward_and_folds_take_the_first \
        reminders_keep_their_wall_time_over_a_change
    in_process T16 "the project's sending window at every minute, and quiet hours where the customer is" \
        the_window_moves_a_time_only_forward_and_only_inside nothing_leaves_outside_the_window \
        an_sms_waits_until_it_is_day_where_the_customer_is a_request_and_its_reminder_keep_their_order_through_a_night
    in_process T17 'a review, an unsubscribe or an archived customer between two messages' who_left_is_not_written_to \
        unsubscribing_archiving_and_a_review_stop_what_is_unsent
    in_process T19 "the model check: three workers, crashes, stops, staff, late results, poison, pauses; $steps steps, and two variants that must fail" \
        model::nothing_is_lost_or_doubled model::without_the_generation_it_fails model::without_splitting_it_fails
}

# In memory, where there is such a place: the model check commits a million times.
memory=/dev/shm
[ -w $memory ] || memory=${TMPDIR:-/tmp}

cases ssr SQLite
cases ssr,postgres PostgreSQL scripts/postgres.sh run
[ -n "$CASES" ] || tests

header() {
    # The backticks are Markdown.
    # shellcheck disable=SC2016
    printf '# Shown, not claimed\n\n`make chaos%s` on %s, %s cores (%s), %s of memory, %s; it took %s. Release build of %s.\n' \
        "$([ "$SCALE" = 1 ] || printf ' SCALE=%s' "$SCALE")" "$(date -u +%F)" "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)" \
        "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" "$(span $((SECONDS - since)))" "$(git rev-parse --short HEAD)"
    cat <<'TEXT'

Each case drives the release as a process of its own, against a mail server and an SMS provider that answer as they are told
(`benches/chaos/`). *Lost* never arrived; *doubled* are arrivals beyond the first. Where a worker was killed, the minute of its leases and
the ten minutes that an email in doubt waits are not waited for: the case moves the times in the database. At a scale below 1 there are
fewer repetitions and shorter outages; the column says how many and how long.

| case | engine | what was done | to pass | lost | doubled | what was seen | |
|---|---|---|---|---|---|---|---|
TEXT
}
footer() {
    cat <<'TEXT'

Not here:
- **T2** (a provider with idempotency keys): neither SMTP nor Twilio has them.
- **T4 and disk** apply to one engine: SQLite is a part of the process, and PostgreSQL has a disk of its own.
- **suspended** on SQLite: the lock of a file ends with the process that holds it, and a suspended one holds it until it goes on.
TEXT
}
sorted() { LC_ALL=C sort -t'|' -k2,2V -k3,3r -s "$rows"; }

if [ -n "$CASES" ]; then
    sorted
else
    { header && sorted && footer; } >benches/CHAOS.md
    cat benches/CHAOS.md
fi
[ -z "$failed" ] || die "Some cases failed: see the rows above."
