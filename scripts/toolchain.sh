#!/usr/bin/env bash
# Finds, or makes, a Rust toolchain that builds for this machine and for the browser, and records it for scripts/env.sh.
# In this order: what is ready to use; what rustup can add; Debian's packages, whose browser target is compiled here once.
# Recorded is what works now: every call compiles a tiny program for the browser and believes nothing else.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

minimum=1.96      # cargo-leptos asks for it
wanted=1.96.0     # what rustup is asked for when it has nothing new enough; the same as Debian's
target=wasm32-unknown-unknown
shims=$REVIEW_MESSAGES_CACHE/tools/debian
library=/usr/lib/rustlib/$target/lib

# with TOOLCHAIN COMMAND...: a name of rustup's, or `path` (what the PATH finds), or `debian-path` (Debian's, before the PATH)
with() {
    local toolchain=$1
    shift
    case $toolchain in
        path) env -u RUSTUP_TOOLCHAIN "$@" ;;
        debian-path) env PATH="$shims:$PATH" "$@" ;;
        *) env RUSTUP_TOOLCHAIN="$toolchain" "$@" ;;
    esac
}

# new_enough TOOLCHAIN: whether it is there with compiler and cargo, and not too old
new_enough() {
    local version
    version=$(with "$1" rustc --version 2>/dev/null | cut -d' ' -f2) || return 1
    version_from "$minimum" "${version:-0}" && with "$1" cargo --version >/dev/null 2>&1
}

# compiles TOOLCHAIN: whether it makes a program for the browser: finds the standard library, of its own version, and a linker
compiles() {
    local folder=$REVIEW_MESSAGES_CACHE/smoke.$$ ok=1
    mkdir -p "$folder"
    printf '#[unsafe(no_mangle)]\npub extern "C" fn len(n: usize) -> usize { format!("{n}").len() }\n' >"$folder/smoke.rs"
    with "$1" rustc --edition 2024 --crate-type cdylib --target $target -o "$folder/smoke.wasm" "$folder/smoke.rs" \
        >"$REVIEW_MESSAGES_CACHE/logs/smoke.log" 2>&1 || ok=0
    rm -rf "$folder"
    [ $ok = 1 ]
}

ready() { new_enough "$1" && compiles "$1"; }

# record TOOLCHAIN: writes what scripts/env.sh reads
record() {
    local file=$REVIEW_MESSAGES_CACHE/env.sh
    {
        echo "# Written by scripts/toolchain.sh."
        case $1 in
            path) echo 'unset RUSTUP_TOOLCHAIN' ;;
            debian-path) printf 'review_messages_path %q\n' "$shims" ;;
            *) printf 'export RUSTUP_TOOLCHAIN=%q\n' "$1" ;;
        esac
        printf 'export REVIEW_MESSAGES_RUST=%q\n' "$1"
    } >"$file.new"
    mv "$file.new" "$file"
    exit 0
}

# candidates: what may be ready, best first, each once
candidates() {
    {
        echo "$REVIEW_MESSAGES_TOOLCHAIN"
        if have rustup; then
            [ "${REVIEW_MESSAGES_RUST:-path}" = path ] || [ "$REVIEW_MESSAGES_RUST" = debian-path ] || echo "$REVIEW_MESSAGES_RUST"
            env -u RUSTUP_TOOLCHAIN rustup show active-toolchain 2>/dev/null | cut -d' ' -f1 || true
            rustup toolchain list 2>/dev/null | cut -d' ' -f1 | grep -E '^(debian|stable|[0-9])' || true
        else
            echo path
            [ ! -x /usr/bin/rustc ] || echo debian-path
        fi
    } | awk 'NF && !seen[$0]++'
}

# from_rustup: adds the browser's target to a toolchain that is new enough, else fetches one. rustup's servers may be out of reach:
# it is asked first, for as long as a person would wait, whether they answer.
from_rustup() {
    local toolchain status=0
    have rustup || return 1
    say "Asking rustup for the browser target $target (about 1 min)"
    timeout 20 rustup check >/dev/null 2>&1 </dev/null || status=$?
    # 100 is its way to say that there are updates.
    case $status in
        0 | 100) ;;
        *)
            say "rustup's servers do not answer here"
            return 1
            ;;
    esac
    for toolchain in $(candidates); do
        if [ "$toolchain" = debian ] || ! new_enough "$toolchain"; then continue; fi
        timeout 300 rustup target add $target --toolchain "$toolchain" </dev/null >&2 || continue
        ! compiles "$toolchain" || record "$toolchain"
    done
    timeout 900 rustup toolchain install $wanted --profile minimal --component clippy,rustfmt --target $target --no-self-update </dev/null >&2 || return 1
    compiles $wanted || return 1
    record $wanted
}

# shellcheck disable=SC2317 # called through `step`
# Debian's compiler comes without the browser's standard library, but with its source.
build_std() {
    local folder=$REVIEW_MESSAGES_CACHE/tools/std file
    rm -rf "$folder"
    mkdir -p "$folder/src"
    printf '[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n' >"$folder/Cargo.toml"
    : >"$folder/src/lib.rs"
    (
        cd "$folder"
        env -u RUSTFLAGS -u RUSTUP_TOOLCHAIN CARGO_TARGET_DIR="$folder/target" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
            /usr/bin/cargo build --quiet -Z build-std=std,panic_abort --target "$target" --release
    ) || die "Compiling Rust's standard library for the browser failed; the reason is above."
    as_root rm -rf "$library"
    as_root mkdir -p "$library"
    for file in "$folder/target/$target/release/deps"/*.rlib; do
        case $file in
            */libscratch-*) ;;
            *) as_root install -m 644 "$file" "$library/" ;;
        esac
    done
    rm -rf "$folder"
}

from_debian() {
    local llvm tool toolchain=debian-path
    have apt-get || return 0
    # Known to apt only in Debian's release 12, and after a first update.
    apt-cache show rustc-web >/dev/null 2>&1 || ! can_root || apt_refresh
    apt-cache show rustc-web >/dev/null 2>&1 || return 0
    # The linker must be of the same LLVM as the compiler, and nothing depends on it: rust-lld would point nowhere.
    llvm=$(apt-cache depends rust-web-llvm 2>/dev/null | sed -n 's/.*Depends: llvm-\([0-9][0-9]*\)$/\1/p' | head -n 1)
    apt_install "building Rust for the browser" \
        rustc-web cargo-web rust-web-src rust-web-llvm "lld-${llvm:-22}" rust-web-clippy rustfmt-web ca-certificates
    if have rustup; then
        [ "$(rustup toolchain list -v 2>/dev/null | awk '$1 == "debian" { print $NF }')" = /usr ] || rustup toolchain link debian /usr >&2
        toolchain=debian
    else
        # Only these programs, so that nothing else of /usr/bin comes before what the PATH finds.
        mkdir -p "$shims"
        for tool in rustc rustdoc cargo rustfmt cargo-fmt clippy-driver cargo-clippy; do ln -sf "/usr/bin/$tool" "$shims/$tool"; done
    fi
    compiles "$toolchain" || step "Compiling Rust's standard library for the browser" "1 min" build_std
    ready "$toolchain" || {
        cat "$REVIEW_MESSAGES_CACHE/logs/smoke.log" >&2
        die "Debian's Rust is installed but cannot build for the browser; the reason is above."
    }
    record "$toolchain"
}

# `path` stands for whatever the PATH finds, which must not be the shims of an earlier call.
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -Fxv "$shims" | paste -sd:)
for toolchain in $(candidates); do
    ! ready "$toolchain" || record "$toolchain"
done
# Each of them records and ends here where it succeeds.
from_rustup || true
from_debian
die "Rust $minimum or newer that can build for $target is needed. Install rustup (the Rust project's site says how) and run \
'rustup toolchain install $wanted --component clippy,rustfmt --target $target'; on Debian 12 an administrator's account is enough, and this script does the rest."
