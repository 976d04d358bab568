#!/usr/bin/env bash
# Copies real servers' catalogues and brings the copies up to date: sync.sh [vendure] [shopify] [medusa]. A product that is renamed has to be the
# only change of the next sync, which asks for changes alone and looks at few products, and is found by its new name; then by the old one again.
# Exit status 1 if anything failed.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
floorwalker="${FLOORWALKER:-$top/build/release/floorwalker}"
failed=0
use_node || exit 0

sync() { "$floorwalker" catalogue sync --shop "$shop" --state "$state" --json "$@"; }
say() { echo "   $1: $2"; }

expect() {  # expect WHAT REPORT PATTERN...: each pattern is in the report
  local what=$1 report=$2
  shift 2
  for pattern in "$@"; do
    [[ $report == *"$pattern"* ]] && continue
    say "FAILED, $what has no $pattern" "$report"
    failed=1
    return 0
  done
  say "$what" "$report"
}

finds() {  # finds NAME: whether the copy has a product of that name
  "$floorwalker" catalogue search --shop "$shop" --state "$state" "$1" 2>/dev/null | grep -qF "$1"
}

looked() { sed 's/.*"products":\([0-9]*\).*/\1/' <<<"$1"; }

few() {  # few WHAT REPORT: fewer products were looked at than there are
  [ "$(looked "$2")" -lt "$(looked "$all")" ] || { say "FAILED, $1 looked at all of them" "$2"; failed=1; }
}

rename() {  # rename ADDRESS NAME
  node "$folder/merchant.mjs" "$1" name desk-lamp "$2"
  local report
  report=$(sync)
  expect "renamed to $2" "$report" '"only_changes":true' '"changed":1,'
  few "the sync after it" "$report"
  finds "$2" || { say FAILED "$2 is not found"; failed=1; }
}

round() {  # round ADDRESS
  all=$(sync)
  expect 'all' "$all" '"only_changes":false' '"problems":[]'
  local report
  report=$(sync)   # asks for what changed since two minutes before the last one: so far is a shop's clock not trusted
  expect 'nothing changed' "$report" '"only_changes":true' '"changed":0,'
  few 'that' "$report"
  rename "$1" 'Reading Lamp'
  rename "$1" 'Desk Lamp'
  expect 'all again' "$(sync --all)" '"only_changes":false' '"changed":0,' '"removed":0,'
}

for shop in "${@:-vendure}"; do
  echo "-- $shop"
  address=$(bash "$here/$shop.sh" start | tail -1)
  [ -n "$address" ] || { echo "skipped: $shop cannot be started here" >&2; continue; }
  export VENDURE_URL=$address SHOPIFY_URL=$address MEDUSA_URL=$address SHOPIFY_STOREFRONT_TOKEN=public-test-token
  [ "$shop" != medusa ] || { MEDUSA_PUBLISHABLE_KEY=$(cat "$top/build/servers/medusa/publishable-key"); export MEDUSA_PUBLISHABLE_KEY; }
  folder="$top/build/servers/$shop"
  state=$(mktemp -d)
  round "$address"
  rm -rf "$state"
  bash "$here/$shop.sh" stop
done
exit $failed
