#!/usr/bin/env bash
# The same sale in every shop: sale.sh [embedded] [vendure] [shopify] [medusa], each remote one also as NAME-live: without a
# copy of its catalogue. Plays sale.jsonl with the guided model in each and compares the
# carts, what was shown and what was said. Exit status 1 if they differ. Transcripts: build/servers/sale/NAME.jsonl.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
floorwalker="${FLOORWALKER:-$top/build/release/floorwalker}"
folder="$top/build/servers/sale"
use_node || exit 0
rm -rf "$folder" && mkdir -p "$folder"
printf 'extends: retail\nplaybook: patient\nlimits: {seconds: 300}\ndiscovery: {relax_in_order: [brand]}\n' >"$folder/patient.yaml"
played=()
failed=0

play() {  # play NAME SHOP IDS
  mkdir -p "$folder/$1.state"
  "$floorwalker" chat --shop "$2" --playbook "$folder/patient.yaml" --state "$folder/$1.state" --script "$here/sale.jsonl" --json >"$folder/$1.jsonl" || { echo "$1: not played to its end" >&2; failed=1; return 1; }
  [ -z "$3" ] || cp "$3" "$folder/$1.ids.json"
  played+=("$1")
}

for one in "${@:-embedded}"; do
  echo "-- $one"
  if [ "$one" = embedded ]; then
    node "$here/goods.mjs" >"$folder/goods.jsonl"
    "$floorwalker" catalogue import "$folder/goods.jsonl" --map floorwalker --shop "$folder/goods.db" >/dev/null && play embedded "$folder/goods.db" ""
    continue
  fi
  shop=${one%-live}
  adapter="$folder/$one.yaml"
  # What is said is compared, not how soon: a server that starves on a busy machine has time to answer.
  printf 'extends: %s\nadapter: %s\nlimits: {total: 60s, operation: 120s}\n' "$shop" "$one" >"$adapter"
  [ "$shop" = "$one" ] || echo 'catalogue: live' >>"$adapter"
  address=$(bash "$here/$shop.sh" start | tail -1)
  [ -n "$address" ] || { echo "skipped: $shop cannot be started here" >&2; continue; }
  export VENDURE_URL=$address SHOPIFY_URL=$address MEDUSA_URL=$address
  case "$shop" in
    shopify) export SHOPIFY_STOREFRONT_TOKEN=public-test-token ;;
    medusa) MEDUSA_PUBLISHABLE_KEY=$(cat "$top/build/servers/medusa/publishable-key"); export MEDUSA_PUBLISHABLE_KEY ;;
  esac
  play "$one" "$adapter" "$top/build/servers/$shop/contract.json"
  bash "$here/$shop.sh" stop
done
node "$here/sale.mjs" "$folder" "${played[@]}" || failed=1
exit $failed
