#!/usr/bin/env bash
# A throw-away PostgreSQL server for tests: its own folder, a free port of this machine only, nothing of the system's databases.
#   postgres.sh run COMMAND...   starts one, gives its address to the command in TEST_DATABASE_URL, stops and removes it
#   postgres.sh restart          from within such a command: ends the server without a warning, and starts it again
#   postgres.sh start            starts one that stays, and prints its address
#   postgres.sh url              prints the address of the one that stays
#   postgres.sh stop             stops and removes it
#   postgres.sh setup            only installs PostgreSQL if it is missing

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

state=$REVIEW_MESSAGES_CACHE/postgres
place=${TMPDIR:-/tmp}
# A folder of root's own would be closed to the server's user.
[ "$(id -u)" != 0 ] || place=/tmp
folder=
owner=

# Debian keeps the servers' programs out of the PATH, a folder for each version.
find_bin() {
    find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1 || true
}
setup() {
    bin=$(find_bin)
    if [ -z "$bin" ] && have pg_config && [ -x "$(pg_config --bindir)/initdb" ]; then bin=$(pg_config --bindir); fi
    if [ -z "$bin" ]; then
        apt_install "the tests on PostgreSQL" postgresql
        bin=$(find_bin)
    fi
    [ -n "$bin" ] || die "PostgreSQL 14 or newer is needed for the tests, with initdb and pg_ctl: install it, then run this again."
}

# The server refuses to run as root: then it runs as the user that its package made, else as nobody.
as_server() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif id postgres >/dev/null 2>&1; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && runuser -u nobody -- "$@")
    fi
}

# sweep: removes what a `run` left behind that was killed
sweep() {
    local file
    for file in "$place"/review-messages-pg.*/owner; do
        [ -O "$file" ] || continue
        kill -0 "$(cat "$file")" 2>/dev/null || remove "$(dirname "$file")"
    done
}

remove() {
    as_server "$bin/pg_ctl" -D "$1/server/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$1"
}

# launch: makes a server in a new $folder, and sets $url
launch() {
    local password port attempt
    folder=$(mktemp -d "$place/review-messages-pg.XXXXXX")
    [ -z "$owner" ] || printf '%s\n' "$owner" >"$folder/owner"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$folder/password"
    mkdir "$folder/server"
    if [ "$(id -u)" = 0 ]; then
        # Let the server's user traverse our folder, and own its data folder.
        chmod 711 "$folder"
        chown "$(as_server id -u)" "$folder/server" "$folder/password"
    fi
    # The collation of a plain machine, so that the order of rows is the same everywhere. md5 is quick in unoptimized tests, and the
    # password lives for minutes.
    as_server "$bin/initdb" -D "$folder/server/data" -U postgres -A md5 --pwfile="$folder/password" -E UTF8 --locale=C.UTF-8 --no-sync \
        >"$folder/initdb.log" 2>&1 || {
        cat "$folder/initdb.log" >&2
        die "initdb could not make a database for the tests; what it said is above."
    }
    # No data here has to survive a power cut.
    as_server tee -a "$folder/server/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder/server'
max_connections = 200
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum_naptime = 10min
log_min_messages = error
CONF
    for attempt in 1 2 3 4 5 6 7 8; do
        # Below the ports that the kernel hands out. Should another program be faster, the next attempt takes another one.
        port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
        ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue
        if as_server "$bin/pg_ctl" -D "$folder/server/data" -o "-p $port" -l "$folder/server/log" -w -t 60 start >/dev/null 2>&1; then
            url=postgres://postgres:$password@127.0.0.1:$port/postgres
            return 0
        fi
    done
    tail -n 20 "$folder/server/log" >&2
    die "PostgreSQL did not start in $attempt attempts; the end of its log is above."
}

discard() {
    [ -z "$folder" ] || remove "$folder"
    folder=
}

running() { [ -f "$state/folder" ] && as_server "$bin/pg_ctl" -D "$(cat "$state/folder")/server/data" status >/dev/null 2>&1; }

case ${1:-} in
    setup) setup ;;
    run)
        shift
        [ $# -gt 0 ] || die "postgres.sh run needs a command."
        setup
        sweep
        trap discard EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        owner=$$
        launch
        status=0
        TEST_DATABASE_URL=$url TEST_DATABASE_FOLDER=$folder "$@" || status=$?
        exit $status
        ;;
    restart)
        setup
        # It keeps the options that it was started with.
        as_server "$bin/pg_ctl" -D "${TEST_DATABASE_FOLDER:?postgres.sh run sets it}/server/data" -m immediate -w -t 60 restart >/dev/null 2>&1 ||
            die "PostgreSQL did not start again."
        ;;
    start)
        setup
        if ! running; then
            trap discard EXIT
            launch
            mkdir -p "$state"
            printf '%s\n' "$folder" >"$state/folder"
            (umask 077 && printf '%s\n' "$url" >"$state/url")
            trap - EXIT
        fi
        cat "$state/url"
        ;;
    url)
        setup
        running || die "No PostgreSQL for tests is running: start it with 'scripts/postgres.sh start'."
        cat "$state/url"
        ;;
    stop)
        setup
        [ ! -f "$state/folder" ] || remove "$(cat "$state/folder")"
        rm -rf "$state"
        ;;
    *)
        sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
