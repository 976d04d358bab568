#!/usr/bin/env bash
# Installs what is missing, builds the release binary and starts it: with no arguments, a conversation on the demo shop.
#   ./run.sh                      talk to the demo shop
#   ./run.sh --help               what else there is
#   ./run.sh catalogue import products.jsonl.gz --map icecat --shop shop.db
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/packages.sh
source "$top/.ci/packages.sh"

build() {
  install_packages "${build_packages[@]}"
  cd "$top"
  local log="$top/build/run.log"
  mkdir -p "$top/build"
  [ -f build/release/build.ninja ] || cmake --preset release -DFLOORWALKER_TESTS=OFF -DCMAKE_UNITY_BUILD=ON >"$log" 2>&1 || { cat "$log" >&2; return 1; }
  # Quiet when there is nothing to do; a progress line on a terminal otherwise.
  if [ -t 2 ]; then
    cmake --build --preset release --target floorwalker >&2 || return 1
  else
    cmake --build --preset release --target floorwalker >"$log" 2>&1 || { cat "$log" >&2; return 1; }
  fi
}

(build)
exec "$top/build/release/floorwalker" "$@"
