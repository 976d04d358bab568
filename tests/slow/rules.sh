#!/usr/bin/env bash
# Every rule of every shipped playbook is defended: some case fails once it is taken out or turned round.
#   tests/slow/rules.sh [NAME...]     default: every playbook that is shipped; one without a suite fails
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for playbook in playbooks/*.yaml adapters/*/demo/playbook.yaml; do
    names+=("$(sed -n 's/^playbook: *//p' "$playbook")")
  done
fi
status=0
for name in "${names[@]}"; do
  suite=evals/suites/p-$name.yaml
  if [ ! -f "$suite" ]; then
    echo "$name: no suite defends its rules: $suite is missing" >&2
    status=1
    continue
  fi
  playbook=$name
  [ "$name" != northlight ] || playbook=adapters/embedded/demo/playbook.yaml
  build/release/floorwalker playbook coverage "$name" "evals/suites/p-$name.yaml" --jobs "$(nproc)" --fail-undefended || status=1
done
exit $status
