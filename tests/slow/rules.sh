#!/usr/bin/env bash
# Every rule of every shipped playbook is defended: some case fails once it is taken out or turned round.
#   tests/slow/rules.sh [NAME...]     default: every playbook that has a suite
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for suite in evals/suites/p-*.yaml; do
    name=${suite##*/p-}
    names+=("${name%.yaml}")
  done
fi
status=0
for name in "${names[@]}"; do
  build/release/floorwalker playbook coverage "$name" "evals/suites/p-$name.yaml" --jobs "$(nproc)" --fail-undefended || status=1
done
exit $status
