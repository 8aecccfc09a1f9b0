#!/usr/bin/env bash
# Prints what a first visit to the Messages page of the built release downloads, and what its lazy parts add. `sizes.sh --check` fails
# where that is more than benches/budget.txt allows.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -x "$REVIEW_MESSAGES_BIN" ] || die "There is no release: run 'make build' first."
# A newer Node.js, where the system's is too old for Playwright (scripts/setup.sh).
PATH=$REVIEW_MESSAGES_CACHE/tools/node/bin:$PATH
exec node benches/browser/sizes.mjs "$@"
