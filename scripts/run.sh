#!/usr/bin/env bash
# Sets up, builds and starts the product with its demo project: `make run`, or `run.sh dev` to rebuild at each change of a file.
# ADDR, DATA_DIR and DATABASE_URL of the environment are the server's own settings; the address of the database also picks the engine.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${DATABASE_URL:-} in
    "" | sqlite:*) engine=sqlite ;;
    postgres://* | postgresql://*) engine=postgres ;;
    *) die "DATABASE_URL must begin with postgres:// or sqlite:, or be left out (then it is a SQLite file in DATA_DIR)." ;;
esac

first=
[ -e "$CARGO_TARGET_DIR/release/.review-messages-server" ] || first=1
scripts/setup.sh build
# shellcheck source=scripts/env.sh
. scripts/env.sh

case ${1:-run} in
    run)
        scripts/build.sh "$engine"
        [ -z "$first" ] || say "Set-up and first build took $(span $SECONDS)"
        exec "$REVIEW_MESSAGES_BIN" serve --demo
        ;;
    dev)
        features=ssr
        [ $engine = sqlite ] || features=ssr,postgres
        # Folders of its own: it empties the site, and sets a variable that would make the tests rebuild Leptos.
        export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/dev/site" LEPTOS_BIN_TARGET_DIR="$CARGO_TARGET_DIR/dev"
        # Only a first build hashes names: after a change, the page would load the files of before it.
        export LEPTOS_HASH_FILES=false
        # Where the page reloads from; cargo-leptos knows numbers only.
        if [[ ${ADDR:-} =~ ^[0-9.]+:[0-9]+$ ]]; then export LEPTOS_SITE_ADDR=$ADDR; fi
        take_over_cache
        say "Building for development (about 5 min the first time), then again at each change"
        exec cargo leptos watch --split --bin-features "$features" -- serve --demo
        ;;
    *) die "run.sh knows run and dev, and not $1." ;;
esac
