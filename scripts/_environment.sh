# shellcheck shell=bash
# One virtual environment for every script: made from a hashed lock, guarded by a stamp, shared by run and dev.
#
#   environment run|dev             returns at once when the stamp fits, else makes or refreshes .venv
#   libraries note|insist GROUP...  asks the loader what the wheels of window|forecasts miss on this system
#   programs network                insists on what the tests between machines call (ip, nft, tc), on Linux
#
# Everything said here goes to stderr: stdout belongs to the command that follows.

unset PYTHONPATH PYTHONHOME # another program's modules must not shadow the locked ones
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
venv=$root/.venv
python=$venv/bin/python
unfinished=$venv/.unfinished # stands while packages are being laid out; a killed installation leaves it behind
pip_log=$venv/install.log

say() { printf 'PitBox: %s\n' "$*" >&2; }
stop() {
    say "$@"
    exit 1
}

environment() {
    local kind=$1 lock
    case $kind in
    run) lock=$root/requirements/pitbox.txt ;;
    dev) lock=$root/requirements/dev.txt ;;
    *) stop "There is no environment named '$kind'." ;;
    esac
    is_ready "$kind" "$lock" && return
    # Two starts at once queue here, whatever their kind; the second finds the work done.
    (
        flock 9
        is_ready "$kind" "$lock" || make_environment "$kind" "$lock" 9<&-
    ) 9<"$root/requirements" || exit 1
}

stamp_path() { printf '%s/.stamp-%s' "$venv" "$1"; }

# The lock's hash and the interpreter behind .venv: a new Python of the system makes a new environment.
stamp_text() {
    local hash
    hash=$(sha256sum <"$1") && printf '%s %s' "${hash%% *}" "$(readlink -f -- "$python")"
}

is_ready() {
    local stamp
    stamp=$(stamp_path "$1")
    [[ -x $python && -f $stamp && ! -e $unfinished && $(<"$stamp") == "$(stamp_text "$2")" ]]
}

write_stamp() {
    local stamp
    stamp=$(stamp_path "$1")
    stamp_text "$2" >"$stamp.new" && mv -f -- "$stamp.new" "$stamp"
}

make_environment() {
    local kind=$1 lock=$2 begun=$SECONDS count
    is_sound || make_venv || return 1
    count=$(grep -c '^[a-z0-9].*==' "$lock")
    say "Installing about $count packages with checked hashes (1.6 GB; a minute or two)."
    rm -f -- "$venv"/.stamp-*
    : >"$unfinished"
    if ! pip_install --require-hashes --requirement "$lock"; then
        grep -q '^Installing collected packages' "$pip_log" || rm -f -- "$unfinished"
        explain_pip
        return 1
    fi
    link_checkout || return 1
    sync -f "$venv" 2>/dev/null # a power cut after the stamp must not find empty files under it
    write_stamp "$kind" "$lock" || return 1
    # The tools' lock holds the run's lock, version by version (a test compares them).
    [[ $kind == run ]] || write_stamp run "$root/requirements/pitbox.txt" || return 1
    rm -f -- "$unfinished"
    [[ $kind == dev ]] || libraries note window forecasts # the tests insist by themselves
    say "Ready after $((SECONDS - begun)) s."
}

# Whether the environment there is can be built upon: finished, and its interpreter is still the one it was made for.
is_sound() {
    [[ -x $python && ! -e $unfinished ]] || return 1
    "$python" -c 'import pip' 2>/dev/null # not found when the system's Python has moved on to another version
}

make_venv() {
    local base
    base=$(find_python) || return 1
    [[ -e $venv ]] && say "The environment in .venv is unfinished or belongs to another Python: it is made anew."
    say "Making a Python environment in .venv with $("$base" --version 2>&1)."
    rm -rf -- "$venv" && mkdir -- "$venv" && : >"$unfinished" ||
        stop "The folder $venv cannot be written: PitBox keeps its Python packages there."
    if ! "$base" -m venv "$venv" >"$pip_log" 2>&1; then
        explain_pip
        return 1
    fi
}

pip_install() {
    PIP_USER=0 "$python" -m pip --disable-pip-version-check install --no-input --progress-bar off \
        --only-binary :all: "$@" >"$pip_log" 2>&1 </dev/null
}

# The checkout itself is not installed: a path file points at it, relative so that the folder may move.
link_checkout() {
    local site
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || return 1
    realpath --relative-to="$site" -- "$root" >"$site/pitbox-checkout.pth"
}

# One sentence for what users meet; the log tells the rest.
explain_pip() {
    if is_disk_full; then
        rm -rf -- "$venv" # half of it is of no use, and the disk needs the room
        stop "The disk is full: installing takes up to 3 GB in $venv and ${TMPDIR:-/tmp}. Nothing was kept."
    elif grep -q 'DO NOT MATCH THE HASHES' "$pip_log"; then
        say "A package is not the one that the lock names: nothing was installed."
    elif grep -qiE 'NewConnectionError|NameResolution|ConnectTimeout|Read timed out|ProxyError|SSLError|Connection (refused|reset|broken)' "$pip_log"; then
        say "The package index cannot be reached. PitBox needs it once: check the network and start again."
    elif grep -q 'No matching distribution found' "$pip_log"; then
        say "A package has no build for $("$python" --version 2>&1) on this system ($(uname -sm))."
    else
        say "The installation failed:"
        grep -v '^[[:space:]]*$' "$pip_log" | tail -n 4 | cut -c 1-300 | sed 's/^/    /' >&2
    fi
    say "The whole story: $pip_log"
}

# Asked of the disk too: a full one has no room for pip's own words.
is_disk_full() {
    local folder
    grep -q 'No space left on device' "$pip_log" && return
    for folder in "$venv" "${TMPDIR:-/tmp}"; do
        (($(df --output=avail -k -- "$folder" | tail -n 1) > 20480)) || return 0
    done
    return 1
}

# The first interpreter from 3.11 on that can make environments; what was tried comes before what is newer.
find_python() {
    local candidate version able="" tried=""
    for candidate in ${PITBOX_PYTHON:+"$PITBOX_PYTHON"} python3.13 python3.12 python3.11 python3; do
        command -v -- "$candidate" >/dev/null || continue
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        tried+="${tried:+, }$version"
        [[ ${version%%.*} -eq 3 && ${version#*.} -ge 11 ]] || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v -- "$candidate"
            return
        fi
        able=${able:-$candidate $version}
    done
    [[ -n $able ]] || stop "PitBox needs Python 3.11 or newer; found: ${tried:-none}. On Debian 12+ or Ubuntu 24.04+: sudo apt-get install -y python3 python3-venv"
    read -r candidate version <<<"$able"
    system_install "python$version-venv" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$candidate cannot make environments. Type this, then start again: sudo apt-get install -y python$version-venv"
    command -v -- "$candidate"
}

# Installs Debian packages when that needs no password; PITBOX_NO_APT=1 forbids it.
system_install() {
    local -a as=()
    local log
    [[ -z ${PITBOX_NO_APT-} ]] && command -v apt-get >/dev/null || return 1
    if ((EUID)); then
        sudo -n true 2>/dev/null || return 1
        as=(sudo -n)
    fi
    as+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    say "Installing system packages: $*"
    log=$(mktemp) || return 1
    # A fresh machine has no package lists yet, an old one may have stale ones: look, then refresh and look again.
    "${as[@]}" install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null ||
        { "${as[@]}" update && "${as[@]}" install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null ||
        {
            tail -n 3 "$log" | sed 's/^/    /' >&2
            rm -f -- "$log"
            return 1
        }
    rm -f -- "$log"
}

libraries() {
    local mood=$1 packages
    local -a missing
    shift
    mapfile -t missing < <(missing_libraries "$@")
    ((${#missing[@]})) || return 0
    packages=$(for library in "${missing[@]}"; do debian_package "$library"; done | sort -u | tr '\n' ' ')
    # shellcheck disable=SC2086 # one word each
    system_install $packages && mapfile -t missing < <(missing_libraries "$@")
    ((${#missing[@]})) || return 0
    say "This system lacks ${#missing[@]} libraries that PitBox's $(join_words "$@") will need (${missing[0]}, ...)."
    if [[ $mood == note ]]; then
        say "Everything else works. To install them, type:"
    else
        say "Type this, then start again:"
    fi
    printf '    sudo apt-get install -y %s\n' "${packages% }" >&2
    [[ $mood == note ]]
}

# Only Linux has network namespaces; elsewhere those tests skip themselves by name.
programs() {
    local -a packages
    [[ $(uname -s) == Linux ]] || return 0
    mapfile -t packages < <(missing_programs "$@")
    ((${#packages[@]})) || return 0
    system_install "${packages[@]}" && mapfile -t packages < <(missing_programs "$@")
    ((${#packages[@]})) || return 0
    say "The tests between machines need programs that this system lacks. Type this, then start again:"
    printf '    sudo apt-get install -y %s\n' "${packages[*]}" >&2
    return 1
}

# By package. A user's path often leaves out where administration lies.
missing_programs() {
    local group tool
    local PATH=$PATH:/usr/sbin:/sbin
    for group in "$@"; do
        case $group in
        network)
            for tool in ip:iproute2 tc:iproute2 nft:nftables; do
                command -v -- "${tool%%:*}" >/dev/null || echo "${tool##*:}"
            done
            ;;
        esac
    done | sort -u
}

join_words() {
    local words="$*"
    printf '%s' "${words// / and }"
}

# The loader is asked, not the package manager: what counts is what a wheel will find when it is opened.
missing_libraries() {
    local site group
    local -a files=()
    site=$(echo "$venv"/lib/python3.*/site-packages)
    for group in "$@"; do
        case $group in
        window) files+=("$site"/PySide6/Qt{Core,Gui,Svg,Widgets}.abi3.so "$site"/PySide6/Qt/plugins/platforms/libq{xcb,offscreen}.so) ;;
        forecasts) files+=("$site/lightgbm/lib/lib_lightgbm.so") ;;
        esac
    done
    LC_ALL=C ldd -- "${files[@]}" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p' | sort -u
}

# Debian's naming rule for libraries (libfoo-bar.so.2 is in libfoo-bar2, libfoo2.so.3 in libfoo2-3) and its exceptions.
debian_package() {
    local stem version
    case $1 in
    libglib-2.0.so.* | libgthread-2.0.so.*) echo libglib2.0-0 ;;
    libz.so.1) echo zlib1g ;;
    *.so.*)
        stem=${1%%.so.*} version=${1##*.so.}
        stem=${stem,,} stem=${stem//_/-}
        [[ $stem == *[0-9] ]] && stem+=-
        echo "$stem$version"
        ;;
    esac
}
