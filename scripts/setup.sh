#!/usr/bin/env bash
# Everything that has to be there: `setup.sh build` for building and running, and what `lint`, `bench` and `test` need beside that.
# What is there already is left alone, so that a second call takes a second.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The compiler's two companions may be missing from a toolchain that builds.
lints() {
    have shellcheck || apt_install "checking the scripts" shellcheck
    if cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then return; fi
    case ${REVIEW_MESSAGES_RUST:?} in
        debian | debian-path) apt_install "checking the code" rust-web-clippy rustfmt-web ;;
        path) die "cargo clippy and cargo fmt are needed and missing from the Rust toolchain in the PATH: install them beside it." ;;
        *) rustup component add clippy rustfmt --toolchain "$REVIEW_MESSAGES_RUST" >&2 || die "rustup could not add clippy and rustfmt to $REVIEW_MESSAGES_RUST." ;;
    esac
}

# Playwright asks for Node.js 20, and Debian 12 has 18: then a newer one from npm stands beside it, for the browser tests alone
# (Debian's npm works with Debian's Node.js only).
node_for_tests() {
    local version machine newer=22.23.3 folder=$REVIEW_MESSAGES_CACHE/tools/node
    version=$(node --version)
    if version_from 20 "${version#v}" || [ "$("$folder/bin/node" --version 2>/dev/null)" = v$newer ]; then return; fi
    case $(uname -m) in
        x86_64) machine=x64 ;;
        aarch64) machine=arm64 ;;
        *) die "The browser tests need Node.js 20 or newer, and this is ${version#v}: install a newer release from Node's site." ;;
    esac
    rm -rf "$folder"
    mkdir -p "$folder/bin"
    step "Installing Node.js $newer for the browser tests from npm" "1 min" \
        npm --prefix "$folder" install --ignore-scripts --no-audit --no-fund --loglevel=error "node-linux-$machine@$newer" >&2
    ln -sf "../node_modules/node-linux-$machine/bin/node" "$folder/bin/node"
    [ "$("$folder/bin/node" --version)" = v$newer ] || die "The browser tests need Node.js 20 or newer, and npm's does not start here: install a newer release from Node's site."
}

setup() {
    scripts/toolchain.sh
    # shellcheck source=scripts/env.sh
    . scripts/env.sh
    scripts/tools.sh
    case $1 in
        lint) lints ;;
        bench)
            have sqlite3 || apt_install "measuring against plain SQLite" sqlite3
            node_for_tests
            scripts/browser.sh >/dev/null
            ;;
        test)
            lints
            node_for_tests
            scripts/postgres.sh setup
            scripts/browser.sh >/dev/null
            ;;
    esac
}

case ${1:-test} in
    build | lint | bench | test) one_at_a_time setup "${1:-test}" ;;
    *) die "setup.sh knows build, lint, bench and test, and not $1." ;;
esac
