#!/usr/bin/env bash
# Fuzzes every target for a while under the address and undefined-behaviour sanitizers, side by side. What is found is kept beside the build.
#   tests/slow/fuzz.sh [SECONDS] [TARGET...]     default: 600 seconds each, all targets
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
seconds=${1:-600}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cc; do targets+=("$(basename "$source" .cc)"); done
fi
build=build/fuzz
anew=()
[ -f "$build/build.ninja" ] || anew=(-DCMAKE_UNITY_BUILD=ON)
cmake --preset clang -B "$build" -DCMAKE_BUILD_TYPE=Sanitize "-DCMAKE_CXX_FLAGS_SANITIZE=-O1 -g1" -DFLOORWALKER_TESTS=ON -DFLOORWALKER_FUZZ=ON -DFLOORWALKER_SANITIZE=address,undefined "${anew[@]}" >/dev/null
cmake --build "$build" --target "${targets[@]}" -- -j "$(nproc)" --quiet

declare -A running
for target in "${targets[@]}"; do
  name=${target%_fuzz}
  mkdir -p "$build/grown/$name" "$build/found/$name"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=$build/found/$name/")
  [ -e "tests/fuzz/$name.dict" ] && options+=("-dict=tests/fuzz/$name.dict")
  "$build/$target" "${options[@]}" "$build/grown/$name" "tests/fuzz/corpus/$name" >"$build/$name.log" 2>&1 &
  running[$target]=$!
done
status=0
for target in "${!running[@]}"; do
  name=${target%_fuzz}
  if wait "${running[$target]}"; then
    echo "$target: no finding, $(grep -m1 number_of_executed_units "$build/$name.log" | tr -dc 0-9) inputs"
  else
    echo "$target: FOUND something: $build/found/$name, $build/$name.log" >&2
    status=1
  fi
done
exit $status
