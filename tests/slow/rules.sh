#!/usr/bin/env bash
# Every rule of every shipped playbook is defended: some case fails once it is taken out or turned round.
#   tests/slow/rules.sh [NAME...]     default: every playbook that is shipped; one without a suite fails
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
status=0
for playbook in playbooks/*.yaml adapters/*/demo/playbook.yaml; do
  name=$(sed -n 's/^playbook: *//p' "$playbook")
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  suite=evals/suites/p-$name.yaml
  if [ ! -f "$suite" ]; then
    echo "$name: no suite defends its rules: $suite is missing" >&2
    status=1
    continue
  fi
  [[ $playbook != playbooks/* ]] || playbook=$name   # as suites call it
  build/release/floorwalker playbook coverage "$playbook" "$suite" --jobs "$(nproc)" --fail-undefended || status=1
done
exit $status
