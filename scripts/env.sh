#!/usr/bin/env bash
# The environment that every build, test and run shares. To be sourced: `. scripts/env.sh`, also by hand before calling cargo.
# It sets variables and does nothing else; scripts/toolchain.sh and scripts/tools.sh provide what they point to.

REVIEW_MESSAGES_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)
: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME REVIEW_MESSAGES_ROOT

# Everything slow to make is kept here, outside of the clone, and serves all clones.
export REVIEW_MESSAGES_CACHE="${REVIEW_MESSAGES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/review-messages}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$REVIEW_MESSAGES_CACHE/target}"
case $CARGO_TARGET_DIR in
    /*) ;;
    *) CARGO_TARGET_DIR=$REVIEW_MESSAGES_ROOT/$CARGO_TARGET_DIR ;;
esac
export npm_config_cache="$REVIEW_MESSAGES_CACHE/npm"

# Builder and server must agree on where the site is; cargo-leptos empties this folder at each build.
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/site"
export REVIEW_MESSAGES_BIN="$CARGO_TARGET_DIR/release/review-messages"

# These two are baked into dependencies: were they set in some builds only, each change would rebuild all of Leptos.
# The key replaces the clone's path in the addresses of server functions.
export SERVER_FN_OVERRIDE_KEY=review-messages
export LEPTOS_OUTPUT_NAME=review-messages

# Build SQLite without the page pool and memory statistics that all connections would share under one lock.
export LIBSQLITE3_FLAGS="${LIBSQLITE3_FLAGS:--USQLITE_ENABLE_MEMORY_MANAGEMENT -DSQLITE_DEFAULT_MEMSTATUS=0}"

# A RUSTFLAGS of the caller's replaces that of .cargo/config.toml, which both builds need.
if [ -n "${RUSTFLAGS:-}" ] && [[ $RUSTFLAGS != *erase_components* ]]; then export RUSTFLAGS="$RUSTFLAGS --cfg erase_components"; fi

# Never download implicitly.
export RUSTUP_AUTO_INSTALL=0
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

review_messages_path() {
    case ":$PATH:" in
        *":$1:"*) ;;
        *) PATH=$1:$PATH ;;
    esac
}
review_messages_path "$REVIEW_MESSAGES_ROOT/end2end/node_modules/.bin"
review_messages_path "$REVIEW_MESSAGES_CACHE/tools/bin"

# Where rustup is, its folder must be in the PATH: cargo looks there for its companions in any case, and would mix two toolchains.
if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/rustup" ]; then review_messages_path "${CARGO_HOME:-$HOME/.cargo}/bin"; fi

# The toolchain that scripts/toolchain.sh found. What the caller had chosen is remembered, and tried first.
export REVIEW_MESSAGES_TOOLCHAIN="${REVIEW_MESSAGES_TOOLCHAIN-${RUSTUP_TOOLCHAIN:-}}"
if [ -f "$REVIEW_MESSAGES_CACHE/env.sh" ]; then
    # shellcheck source=/dev/null
    . "$REVIEW_MESSAGES_CACHE/env.sh"
fi
export PATH
