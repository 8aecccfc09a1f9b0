#!/usr/bin/env bash
# Removes what was built. Tools, packages of npm's cache and the data of a server stay.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "$CARGO_TARGET_DIR" = "$REVIEW_MESSAGES_CACHE/target" ]; then
    rm -rf "$CARGO_TARGET_DIR"
else
    # A folder of the user's choice may hold other projects.
    rm -rf "${LEPTOS_SITE_ROOT:?}" "${CARGO_TARGET_DIR:?}/front" "${CARGO_TARGET_DIR:?}/dev" "${CARGO_TARGET_DIR:?}/release"/site-before*
    cargo clean --workspace
    cargo clean --release --workspace
fi
rm -rf end2end/node_modules end2end/test-results end2end/playwright-report
