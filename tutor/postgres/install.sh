#!/bin/sh
# Installs Postgres and pgvector where they are missing; does nothing where both
# are there. Debian 12 and newer, Ubuntu 24.04 and newer, macOS with Homebrew.
#
# No system cluster is made or touched: Maieutic runs a private one.
set -eu

say() { printf 'install: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# have_postgres succeeds when a server of version 15 or newer with pgvector is here.
have_postgres() {
    for dir in /usr/lib/postgresql/*/bin; do
        [ -x "$dir/postgres" ] || continue
        version=$(basename "$(dirname "$dir")")
        [ "$version" -ge 15 ] 2>/dev/null || continue
        [ -f "/usr/share/postgresql/$version/extension/vector.control" ] && return 0
    done
    if command -v pg_config >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1; then
        [ -f "$(pg_config --sharedir)/extension/vector.control" ] && return 0
    fi
    return 1
}

have_postgres && exit 0

if [ "$(uname)" = Darwin ]; then
    command -v brew >/dev/null 2>&1 || die "install Homebrew first, then run this again"
    brew install postgresql@17 pgvector
    exit 0
fi

command -v apt-get >/dev/null 2>&1 ||
    die "this script knows Debian, Ubuntu and Homebrew. Install Postgres 15 or newer with pgvector yourself, or set DATABASE_URL to a server that has both"

root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "run this as root, or install sudo"
    root=sudo
fi

export DEBIAN_FRONTEND=noninteractive
apt() { $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" >&2; }

say "reading the package lists"
apt update

# The package would start a cluster of its own on port 5432.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    $root mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\n' | $root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi

# Where the distribution has pgvector, take the newest Postgres that it is for.
version=$(apt-cache search --names-only '^postgresql-[0-9]+-pgvector$' |
    sed -n 's/^postgresql-\([0-9]*\)-pgvector .*/\1/p' | sort -n | tail -n 1)
if [ -n "$version" ]; then
    say "installing Postgres $version with pgvector"
    apt install --no-install-recommends "postgresql-$version" "postgresql-$version-pgvector"
    have_postgres || die "the packages are installed, but pgvector cannot be found"
    exit 0
fi

# Debian 12: Postgres 15, and no pgvector. Build the next release's source
# package against it.
version=15
next=trixie
say "installing Postgres $version and what it takes to build pgvector"
apt install --no-install-recommends "postgresql-$version" "postgresql-server-dev-$version" build-essential dpkg-dev

# A source list and state of our own: the machine's lists stay as they are. The
# mirror is the one that the machine already uses.
mirror=$({ cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
        /^URIs:/ { uri = $2 } /^Suites:/ { if (uri != "" && $0 ~ /bookworm( |$)/) { print uri; exit } }'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk '
        $1 == "deb" { for (i = 2; i < NF; i++) if ($i ~ /^(https?|file|mirror)/ && $(i+1) == "bookworm") { print $i; exit } }'
    } | head -n 1)
[ -n "$mirror" ] || die "no Debian mirror is named in /etc/apt; add one, or install pgvector 0.8 for Postgres $version yourself"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || die "the package debian-archive-keyring is missing; install it and run this again"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$next" >"$work/sources.list"
chmod -R a+rX "$work"

private() {
    apt-get -q -y -o Acquire::Retries=3 \
        -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root "$@" >&2
}
say "fetching the source of pgvector"
private update
(cd "$work/source" && private source pgvector)

say "building pgvector for Postgres $version"
source=$(find "$work/source" -mindepth 1 -maxdepth 1 -type d | head -n 1)
pg_config=/usr/lib/postgresql/$version/bin/pg_config
# No -march=native: what is built here may run in a container elsewhere.
make -C "$source" -s OPTFLAGS="" PG_CONFIG="$pg_config" >&2
$root make -C "$source" -s OPTFLAGS="" PG_CONFIG="$pg_config" install >&2
have_postgres || die "pgvector was built, but cannot be found"
say "done"
