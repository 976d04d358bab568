#!/usr/bin/env bash
# Holds real servers to the contract of the ports: contract.sh [vendure] [shopify] [medusa]. Starts each, runs `adapter check` and the suite of
# tests/contract on it, stops it. Exit status 1 if anything failed; servers that cannot be installed here (no npm, no network) are named and
# skipped.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
floorwalker="${FLOORWALKER:-$top/build/release/floorwalker}"
suite="${FLOORWALKER_CONTRACT_TEST:-$top/build/release/contract_test}"
failed=0

check() {  # check ADAPTER URL
  "$floorwalker" adapter check "$1" --url "$2" --code SAVE10 || failed=1
  [ -x "$suite" ] || return 0
  FLOORWALKER_CONTRACT=$1 FLOORWALKER_CONTRACT_URL=$2 FLOORWALKER_CONTRACT_FOLDER="$top/build/servers/$1" \
    "$suite" --gtest_brief=1 --gtest_filter='Platforms/*' || failed=1
}

up() {  # up SERVER: its address, or nothing
  local address
  if ! address=$(bash "$here/$1.sh" start | tail -1) || [ -z "$address" ]; then
    echo "skipped: $1 cannot be started here" >&2
    return 1
  fi
  echo "$address"
}

use_node || exit 0
for server in "${@:-vendure}"; do
  case "$server" in
    shopify)
      for version in 2025-10 2026-01 2026-04 2026-07 2026-10; do
        address=$(VERSION=$version up shopify) || break
        export SHOPIFY_API_VERSION=$version
        echo "-- shopify $version, public token"
        SHOPIFY_STOREFRONT_TOKEN=public-test-token check shopify "$address"
        echo "-- shopify $version, no token"
        check shopify "$address"
        echo "-- shopify $version, private token"
        SHOPIFY_PRIVATE_TOKEN=shpat_private-test-token SHOPIFY_BUYER_IP=127.0.0.1 check shopify "$address"
      done
      if [ -n "${address:-}" ]; then
        echo "-- shopify, another country and currency"
        SHOPIFY_COUNTRY=DE SHOPIFY_STOREFRONT_TOKEN=public-test-token "$floorwalker" adapter check shopify --url "$address" --code SAVE10 || failed=1
      fi
      ;;
    medusa)
      address=$(up medusa) || continue
      echo "-- medusa"
      MEDUSA_PUBLISHABLE_KEY=$(cat "$top/build/servers/medusa/publishable-key")
      export MEDUSA_PUBLISHABLE_KEY
      check medusa "$address"
      echo "-- medusa, another region and currency"
      MEDUSA_CURRENCY=eur "$floorwalker" adapter check medusa --url "$address" --code EUR10 || failed=1
      ;;
    vendure)
      address=$(up vendure) || continue
      echo "-- vendure"
      check vendure "$address"
      ;;
    *) echo "contract.sh: unknown server '$server'" >&2; exit 2 ;;
  esac
  bash "$here/$server.sh" stop
done
exit $failed
