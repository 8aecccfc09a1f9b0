#!/usr/bin/env bash
# Prints the path of the Chromium that the browser tests drive: $CHROMIUM, else Playwright's own, else Debian's, which is installed
# where there is none.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# works PATH: there, and starting (Playwright's own lacks its libraries on many machines)
works() { [ -x "$1" ] && [ -n "$("$1" --version 2>/dev/null)" ]; }

if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" || die "CHROMIUM is $CHROMIUM, and that is no browser that starts. Leave it out, or name Chromium's program."
    printf '%s\n' "$CHROMIUM"
    exit
fi
own=$(node -p 'require("./end2end/node_modules/@playwright/test").chromium.executablePath()' 2>/dev/null) || own=
for browser in "$own" /usr/bin/chromium; do
    ! works "$browser" || {
        printf '%s\n' "$browser"
        exit
    }
done
# A page without any font is blank.
apt_install "the browser tests" chromium fonts-dejavu-core
works /usr/bin/chromium || die "Debian's chromium is installed and does not start: try 'chromium --version', or name another browser in CHROMIUM."
echo /usr/bin/chromium
