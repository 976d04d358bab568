#!/usr/bin/env bash
# A stand-in for Shopify's Storefront API: Shopify's own published schema, behaviour of ours behind it. Refuses any query that the real
# schema refuses. Prints its address when it answers.
# usage: shopify.sh [start|stop]     PORT (3990), VERSION (2025-10, 2026-01, 2026-04, 2026-07 or 2026-10)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PORT="${PORT:-3990}" VERSION="${VERSION:-2026-07}"
enter shopify
stop "pid.$PORT"   # it may run with another version, and starts at once
[ "${1:-start}" = stop ] && exit 0
use_node
[ -f node_modules/.package-lock.json ] || npm install --legacy-peer-deps >install.log 2>&1
schemas=node_modules/.schemas
if [ ! -f "$schemas/storefront-$VERSION.json" ]; then
  mkdir -p "$schemas"
  [ -d "$schemas/package" ] || (cd "$schemas" && npm pack @shopify/dev-mcp@1.16.0 --silent >/dev/null && tar xzf shopify-dev-mcp-1.16.0.tgz)
  gunzip -c "$schemas/package/dist/data/storefront-graphql_$VERSION.json.gz" >"$schemas/storefront-$VERSION.json"
fi
export SCHEMA="$PWD/$schemas/storefront-$VERSION.json" CATALOG="$PWD/goods.csv"
nohup node storefront.cjs >"server.$PORT.log" 2>&1 &
echo $! >"pid.$PORT"
wait_for "http://127.0.0.1:$PORT/health" "pid.$PORT" "server.$PORT.log" 20
node merchant.mjs "http://127.0.0.1:$PORT" ids >contract.json
echo "http://127.0.0.1:$PORT"
