#!/usr/bin/env bash
# What the scripts have in common. To be sourced; it brings the environment with it.
set -euo pipefail

# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$REVIEW_MESSAGES_ROOT"
# Where apt and runuser look for their helpers, also in a root shell without a login.
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$REVIEW_MESSAGES_CACHE/logs" "$REVIEW_MESSAGES_CACHE/tools"

# Messages go to the error output: some scripts answer on the standard output.
say() { printf '==> %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# span SECONDS: "14 min 3 s"
span() {
    if [ "$1" -ge 60 ]; then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}

# step TITLE EXPECTED COMMAND...: says what is being done and how long that takes, does it, says how long it took.
# The command runs outside of any condition, so that `set -e` keeps working inside of functions.
step() {
    local title=$1 about=$2 since=$SECONDS
    shift 2
    say "$title (about $about)"
    "$@"
    say "$title: done in $(span $((SECONDS - since)))"
}

# version_from MINIMUM VERSION: whether VERSION is MINIMUM or newer
version_from() { printf '%s\n%s\n' "$1" "$2" | sort -V -C; }

can_root() { [ "$(id -u)" = 0 ] || have sudo; }
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && [ -t 0 ]; then
        sudo "$@"
    elif have sudo; then
        # Without a terminal nobody can type a password.
        sudo -n "$@"
    else
        die "Only an administrator can do this, and there is no sudo here: $*"
    fi
}

# apt_missing PACKAGE...: those that are not installed
apt_missing() {
    local package
    for package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || printf '%s\n' "$package"
    done
}

# apt_refresh: fetches the lists of packages once per run; a failing extra source is no reason to stop.
apt_refresh() {
    [ -z "${REVIEW_MESSAGES_APT_FRESH:-}" ] || return 0
    export REVIEW_MESSAGES_APT_FRESH=1
    as_root apt-get update -qq >"$REVIEW_MESSAGES_CACHE/logs/apt-update.log" 2>&1 </dev/null || true
}

# apt_install WHAT_FOR PACKAGE...: installs what is missing, or says in one sentence what to do
apt_install() {
    local what=$1 missing log=$REVIEW_MESSAGES_CACHE/logs/apt-install.log
    shift
    have apt-get || die "$what needs what Debian calls $*. There is no apt here: install it by this system's means, then run this again."
    mapfile -t missing < <(apt_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    can_root || die "$what needs packages that only an administrator can install: apt-get install ${missing[*]}"
    say "Installing Debian's ${missing[*]} for $what (about 1 min)"
    apt_refresh
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 \
        "${missing[@]}" >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        die "$what needs ${missing[*]}, and apt-get could not install that. What it said is above."
    }
}

# one_at_a_time COMMAND...: set-up and builds of all clones share one cache. The lock is not handed on to the command.
one_at_a_time() {
    have flock || {
        "$@"
        return
    }
    local lock
    exec {lock}>"$REVIEW_MESSAGES_CACHE/lock"
    flock -n "$lock" || {
        say "Another set-up or build is under way: waiting for it"
        flock "$lock"
    }
    "$@" {lock}>&-
    exec {lock}>&-
}

# take_over_cache: cargo compares times, not contents, and does not distinguish clones: it would reuse what another clone has
# built since a file of this one was changed. So touch all sources when the last build was another clone's.
take_over_cache() {
    local owner=$CARGO_TARGET_DIR/.review-messages-clone
    [ "$(cat "$owner" 2>/dev/null)" != "$REVIEW_MESSAGES_ROOT" ] || return 0
    find src browser benches migrations -type f -exec touch {} +
    mkdir -p "$CARGO_TARGET_DIR"
    printf '%s\n' "$REVIEW_MESSAGES_ROOT" >"$owner"
}

# What cargo, rustc and the linker say when files of the cache are cut off, damaged or of another compiler.
broken_cache='E0460|E0463|E0514|E0786|found possibly newer version of crate|found invalid metadata|failed to (parse|read|load) .*(fingerprint|dep-info|\.d`)'
broken_cache+='|file too small|not an archive|malformed archive|archive member .* (is )?truncated|file format not recognized|file truncated|unexpected end of file'
broken_cache+='|failed to mmap|corrupt(ed)? |internal compiler error|the compiler unexpectedly panicked|could not (open|read) .*\.(rlib|rmeta|rcgu)'
broken_cache+='|could not execute process .*build-script|Exec format error|wasm-bindgen failed|extern location for .* does not exist|failed to (open|copy|hard link|link or copy) .*(target|deps|build)'

# heal LOG FOLDER... -- COMMAND...: runs the command and keeps what it prints in LOG. Where a broken cache explains that it fails,
# the folders (below the target folder) are removed and it runs once more.
heal() {
    local log=$1 folders=() folder
    shift
    while [ "$1" != -- ]; do
        folders+=("${CARGO_TARGET_DIR:?}/${1:?}")
        shift
    done
    shift
    mkdir -p "$(dirname "$log")"
    if "$@" 2>&1 | tee "$log"; then return 0; fi
    grep -qE "$broken_cache" "$log" || return 1
    say "That looks like a broken build cache. Removing ${folders[*]} and building once more (takes as long as a first build)"
    for folder in "${folders[@]}"; do rm -rf "$folder"; done
    "$@" 2>&1 | tee "$log"
}
