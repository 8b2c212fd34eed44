# shellcheck shell=bash
# Shared by the scripts beside it: words to the person, a Python to use, environments from lock files.
# Sourced, never run. Needs nothing but what a stock Debian or Ubuntu has.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${KKPD_VENV:-$root/.venv}
pythons=(python3 python3.13 python3.12 python3.11 python3.14)

# Compiled modules are kept: else every process that starts compiles all its libraries anew.
unset PYTHONDONTWRITEBYTECODE

say() { printf '== %s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# apt_install PACKAGE...: with root and apt-get it installs, else it fails silently and the caller says what is missing.
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Prints the first Python >= 3.11 that can make environments; KKPD_PYTHON names another.
usable_python() {
    local name
    for name in ${KKPD_PYTHON:-"${pythons[@]}"}; do
        if is_new_enough "$name" && makes_venvs "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# The apt packages that would make usable_python succeed: the venv package of a Python that is new enough, or Python itself.
missing_python_packages() {
    local name
    for name in "${pythons[@]}"; do
        if is_new_enough "$name"; then
            "$name" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
            return
        fi
    done
    if [ "$(apt-cache policy python3 2>/dev/null | sed -n 's/.*Candidate: 3\.\([0-9]*\).*/\1/p')" -ge 11 ] 2>/dev/null; then
        echo python3 python3-venv
    else
        echo python3.11 python3.11-venv
    fi
}

require_python() {
    usable_python >/dev/null && return
    local packages
    packages=$(missing_python_packages)
    # shellcheck disable=SC2086 # several package names on purpose
    apt_install $packages >&2 || die "needs Python 3.11 or newer with venv; install it with: apt-get install $packages"
    usable_python >/dev/null || die "needs Python 3.11 or newer with venv; $packages did not bring it"
}

# What the environment of this lock must have been made from.
lock_key() { cat "$root/requirements/build.txt" "$root/requirements/$1.txt" "$root/setup.cfg" | sha256sum | cut -d' ' -f1; }

is_made() { # is_made KIND DIR
    [ -x "$2/bin/python" ] && is_new_enough "$2/bin/python" && [ "$(cat "$2/.made-$1" 2>/dev/null)" = "$(lock_key "$1")" ]
}

# make_env run|dev|floors DIR: an environment with exactly the locked files, each checked by its hash, and the project.
# The lock is whole, so pip resolves nothing (--no-deps): an older pip that does would stumble over any newer release of a
# package that another one asks for with an extra. `pip check` says whether the lock was whole.
# Nothing is done where it already stands; what was broken off half-way is finished.
make_env() {
    local kind=$1 dir=$2
    if is_made "$kind" "$dir"; then return; fi
    if [ "$kind" = run ] && is_made dev "$dir"; then return; fi
    say "environment ($kind) in ${dir#"$root"/}"
    if ! { [ -x "$dir/bin/python" ] && is_new_enough "$dir/bin/python"; }; then
        require_python
        "$(usable_python)" -m venv --clear "$dir"
    fi
    local pip=("$dir/bin/python" -m pip --disable-pip-version-check)
    local install=("${pip[@]}" install -q --no-compile --no-deps)
    "${install[@]}" --require-hashes -r "$root/requirements/build.txt"
    "${install[@]}" --require-hashes --no-build-isolation --use-pep517 -r "$root/requirements/$kind.txt"
    "${install[@]}" --no-build-isolation -e "$root"
    "${pip[@]}" check >/dev/null || "${pip[@]}" check
    lock_key "$kind" >"$dir/.made-$kind"
}
