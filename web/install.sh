#!/bin/sh
# Installs what the pages need: `node` for building them, `browser` for testing
# them. Does nothing where it is there already.
set -eu

die() { printf 'install: %s\n' "$*" >&2; exit 1; }

root=
if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null 2>&1; then root=sudo; fi

apt_install() {
    command -v apt-get >/dev/null 2>&1 || die "please install $* and run this again"
    [ -n "$root" ] || [ "$(id -u)" = 0 ] || die "run this as root, or install sudo"
    $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 update >&2
    $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "$@" >&2
}

browser() {
    for name in "${CHROME:-}" chromium chromium-browser google-chrome-stable google-chrome chrome; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        # Ubuntu's chromium is a stub that asks for snap; only what runs counts.
        "$name" --version >/dev/null 2>&1 && return 0
    done
    return 1
}

case "${1:-}" in
node)
    if ! command -v npm >/dev/null 2>&1; then
        if [ "$(uname)" = Darwin ]; then brew install node; else apt_install nodejs npm; fi
    fi
    ;;
browser)
    browser && exit 0
    if [ "$(uname)" = Darwin ]; then brew install --cask chromium; exit 0; fi
    apt_install chromium fonts-noto-core
    browser || die "no Chromium that runs. On Ubuntu the package is a snap: run 'snap install chromium', or install Google Chrome and set CHROME to it"
    ;;
*) die "usage: web/install.sh node|browser" ;;
esac
