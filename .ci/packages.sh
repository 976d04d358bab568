# Installs Debian packages that are missing. Sourced by run.sh and test.sh.

build_packages=(
  g++ cmake ninja-build ccache
  libcpp-httplib-dev libcurl4-openssl-dev nlohmann-json3-dev libsimdjson-dev libyaml-cpp-dev
  libsqlitecpp-dev libsqlite3-dev libcli11-dev libfmt-dev libspdlog-dev libexpected-dev
  libre2-dev libstemmer-dev libedit-dev zlib1g-dev wamerican-small wbritish-small
)

test_packages=(libgtest-dev libgmock-dev libbenchmark-dev libvalijson-dev curl)

server_packages=()   # npm, where there is none; test.sh

ci_packages=(clang-19 clang-tidy-19 libclang-rt-19-dev)

slow_packages=(chromium)   # the slow rest does without where it cannot be had, and says so

install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Please install these packages as root first: apt-get install ${missing[*]}" >&2; return 1; }
    sudo=(sudo)
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq
  # From the outside, an install is one step: its own output is shown only when it fails.
  local log
  log=$(mktemp)
  if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
