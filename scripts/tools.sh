#!/usr/bin/env bash
# The tools of the build, each at one version: cargo-leptos, wasm-bindgen (the version of Cargo.lock), and from npm wasm-opt
# together with what the browser tests need. What is there already is asked for its version, and left alone when that is right.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cargo_leptos=0.3.11
node_minimum=18
tools=$REVIEW_MESSAGES_CACHE/tools

# has PROGRAM VERSION: whether our own PROGRAM runs and is of that version
has() { [ "$("$tools/bin/$1" --version 2>/dev/null | awk 'NR == 1 { print $2 }')" = "$2" ]; }

# install_crate CRATE VERSION OPTION...: into our own folder. A run that was cut short goes on where it stopped.
# Away from the clone, so that nothing of the project's settings applies.
install_crate() {
    local crate=$1 version=$2 quiet=()
    shift 2
    [ -t 2 ] || quiet=(--quiet)
    (
        cd "$tools"
        env -u RUSTFLAGS CARGO_TARGET_DIR="$tools/build" \
            cargo install "$crate" --version "$version" --root "$tools" --force "${quiet[@]}" "$@" >&2
    ) || die "$crate $version could not be installed; the reason is above."
}

# Optimized a little: it is small, and reads megabytes at each build.
install_wasm_bindgen() {
    # Without --locked: its own lock file names versions that not every registry still has.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        install_crate wasm-bindgen-cli "$wasm_bindgen"
}
# A debug build, without debug information: it takes a third of the time, and the heavy work is done by the other two.
install_cargo_leptos() {
    install_crate cargo-leptos $cargo_leptos --locked --debug --features no_downloads --config profile.dev.debug=false
}

install_npm() {
    local stamp=end2end/node_modules/.installed now
    now=$(cat end2end/package-lock.json end2end/package.json | sha256sum)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && end2end/node_modules/.bin/wasm-opt --version 2>/dev/null | grep -q version; then return; fi
    step "Installing wasm-opt and the browser tests' packages from npm" "1 min" npm_ci
    printf '%s\n' "$now" >"$stamp"
}
npm_ci() {
    npm --prefix end2end ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        die "npm could not install the packages of end2end/package-lock.json; the reason is above."
}

have node || die "Node.js $node_minimum or newer is needed and is not installed: install Debian's nodejs and npm, or a release from Node's site."
version=$(node --version)
version_from "$node_minimum" "${version#v}" ||
    die "Node.js $node_minimum or newer is needed, and this is ${version#v}: install a newer release from Node's site."
have npm || die "npm is needed beside Node.js and is not installed: install Debian's npm, or a release of Node.js that brings it."
# ring and SQLite are C.
have cc || apt_install "compiling SQLite" gcc libc6-dev

wasm_bindgen=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/"/, "", $3); print $3 }' Cargo.lock)
[ -n "$wasm_bindgen" ] || die "Cargo.lock names no version of wasm-bindgen: run 'cargo generate-lockfile'."

has cargo-leptos $cargo_leptos || step "Building cargo-leptos $cargo_leptos" "8 min" install_cargo_leptos
has wasm-bindgen "$wasm_bindgen" || step "Building wasm-bindgen $wasm_bindgen" "2 min" install_wasm_bindgen
rm -rf "$tools/build"

install_npm
