#!/usr/bin/env bash
# Builds the release: the server ($REVIEW_MESSAGES_BIN) and the site ($LEPTOS_SITE_ROOT). `build.sh sqlite` (the default) or `build.sh postgres`.
# cargo-leptos makes the browser's half anew at each call, for a minute; so it is only called when something changed: a stamp beside
# the results holds a hash of everything that went in and of everything that came out. The site keeps the files of the release
# before, for pages that are still open when a new one is deployed.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

engine=${1:-sqlite}
case $engine in
    sqlite) features=ssr name=SQLite ;;
    postgres) features=ssr,postgres name=PostgreSQL ;;
    *) die "build.sh knows sqlite and postgres, and not $engine." ;;
esac
release=$CARGO_TARGET_DIR/release
site_stamp=$release/.review-messages-site
server_stamp=$release/.review-messages-server
site_before=$release/site-before
log=$REVIEW_MESSAGES_CACHE/logs/build.log

inputs() {
    {
        find Cargo.lock ./*.toml ./*.rs .cargo browser src style public migrations scripts/site.mjs -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
        rustc -vV
        wasm-bindgen --version
        cat end2end/node_modules/.installed
        env | grep -E '^(RUSTFLAGS|CARGO_(PROFILE|ENCODED|BUILD)_|LEPTOS_|SERVER_FN_|DISABLE_SERVER_FN)' | LC_ALL=C sort
    } | sha256sum
}
site_files() { find "$LEPTOS_SITE_ROOT" "$release/hash.txt" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 -r sha256sum; }
server_files() { sha256sum "$REVIEW_MESSAGES_BIN" 2>/dev/null || true; }

# current STAMP CONTENT: whether the stamp says so
current() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }
site_is_current() { current "$site_stamp" "$(printf '%s\n%s' "$went_in" "$(site_files)")"; }
server_is_current() { current "$server_stamp" "$(printf '%s %s\n%s' "$features" "$went_in" "$(server_files)")"; }

cargo_leptos() {
    node scripts/site.mjs keep "$LEPTOS_SITE_ROOT" "$site_before"
    heal "$log" release front site -- cargo leptos build --release --split --bin-features "$features" >&2
    node scripts/site.mjs finish "$LEPTOS_SITE_ROOT" "$site_before" "$release/hash.txt"
}
cargo_leptos_server() { heal "$log" release -- cargo leptos build --release --server-only --bin-features "$features" >&2; }
site_is_complete() { [ -s "$release/hash.txt" ] && compgen -G "$LEPTOS_SITE_ROOT/pkg/*.wasm" >/dev/null; }
# An empty file runs without an error, so check its output.
starts() { [ -n "$("$REVIEW_MESSAGES_BIN" --help 2>/dev/null)" ]; }

build() {
    went_in=$(inputs)
    take_over_cache
    if site_is_current && server_is_current; then return; fi
    local about="2 min" command=cargo_leptos
    [ -d "$release/deps" ] || about="8 min on two cores, the first time"
    # The other engine's server goes with the same site.
    ! site_is_current || command=cargo_leptos_server
    rm -f "$server_stamp"
    [ $command = cargo_leptos_server ] || rm -f "$site_stamp"
    step "Building the release for $name" "$about" $command
    # If healing removed the list of the site's files, build the site again.
    site_is_complete || step "Building the site" "2 min" cargo_leptos
    if ! starts; then
        # Cargo compares times, not contents, and would keep a damaged program.
        say "The server that came out of it does not start: building it again"
        cargo clean --release --package review-messages >&2
        step "Building the release for $name" "3 min" cargo_leptos
        starts || die "The server does not start: $("$REVIEW_MESSAGES_BIN" --help 2>&1 | tail -n 3)"
    fi
    printf '%s\n%s\n' "$went_in" "$(site_files)" >"$site_stamp"
    printf '%s %s\n%s\n' "$features" "$went_in" "$(server_files)" >"$server_stamp"
}
one_at_a_time build
