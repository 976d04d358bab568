#!/usr/bin/env bash
# Installs, builds and runs every test.
#   ./test.sh         release build, all tests, and the adapters' contract on real servers where npm can install them
#   ./test.sh --ci    also: address and undefined-behaviour sanitizers, and the thread sanitizer on the tests with threads (both clang 19)
#   ./test.sh --all   also: the slow rest (the thread sanitizer on every test, benchmarks built, more servers, long fuzzing)
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$top"
# shellcheck source=.ci/packages.sh
source .ci/packages.sh

ci=no all=no
for argument in "$@"; do
  case "$argument" in
    --ci) ci=yes ;;
    --all) ci=yes all=yes ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test.sh: unknown argument '$argument' (try --help)" >&2; exit 2 ;;
  esac
done

jobs=$(nproc)
started=$SECONDS
step() { printf '\n== %s (%d s)\n' "$1" $((SECONDS - started)); }

check() {  # check PRESET TARGET [ctest arguments]: build and test one preset
  local preset=$1 target=$2 anew=()
  shift 2
  step "build: $preset"
  [ -f "build/$preset/build.ninja" ] || anew=(-DCMAKE_UNITY_BUILD=ON)  # a fresh checkout is built in large pieces, which is faster
  cmake --preset "$preset" -DFLOORWALKER_TESTS=ON "${anew[@]}" >/dev/null
  cmake --build --preset "$preset" --target "$target" -- -j "$jobs" --quiet
  step "test: $preset"
  ctest --preset "$preset" -j "$jobs" --no-tests=error "$@"
}

step "packages"
install_packages "${build_packages[@]}" "${test_packages[@]}"
check release all
step "contract: real servers"
servers=(vendure shopify)
[ "$all" = yes ] && servers+=(medusa) && server_packages+=(postgresql)
command -v npm >/dev/null || server_packages+=(nodejs npm)
if install_packages "${server_packages[@]}"; then
  bash tests/servers/contract.sh "${servers[@]}"
else
  echo "skipped: the packages for the real servers cannot be installed" >&2
fi
if [ "$ci" = yes ]; then
  install_packages "${ci_packages[@]}"
  # The planted regressions run the shipped suites over and over: they try the suites, and would find no more races than the suites themselves.
  check asan all -E PlantedRegression
  if [ "$all" = yes ]; then check tsan all -E PlantedRegression; else check tsan threaded_tests -L threads -E PlantedRegression; fi
fi
if [ "$all" = yes ]; then
  install_packages "${slow_packages[@]}" || echo "skipped: ${slow_packages[*]} cannot be installed" >&2
  step "build: benchmarks"
  cmake --build --preset release --target benches -- -j "$jobs" --quiet
  for slow in tests/slow/*.sh; do
    [ -e "$slow" ] || continue
    step "slow: $(basename "$slow" .sh)"
    bash "$slow"
  done
fi
step "done"
