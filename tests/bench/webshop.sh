#!/bin/sh
# A shopper's request and "add it", for each primary goal of the marketplace set: does the right product, in the right options, end in
# the cart? Prints one line of JSON: goals, success_percent, mean_reward.
#
#   tests/bench/webshop.sh [FLOORWALKER] [SHARED]     defaults: build/release/floorwalker and ../shared
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/build/release/floorwalker}
data=${2:-${FLOORWALKER_SHARED:-$root/../shared}}/data/webshop
[ -f "$data/goals.jsonl.gz" ] || { echo "webshop: no data in $data" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" catalogue import "$data/products.jsonl.gz" --map webshop --shop "$work/webshop.db" >&2
zcat "$data/goals.jsonl.gz" | python3 -c '
import json, sys
for line in sys.stdin:
    goal = json.loads(line)
    if not goal.get("primary"): continue
    print(json.dumps({"session": goal["id"], "say": goal["say"]}))
    print(json.dumps({"session": goal["id"], "say": "add it"}))
' > "$work/script.jsonl"
"$program" chat --shop "$work/webshop.db" --script "$work/script.jsonl" --json > "$work/turns.jsonl"
python3 "$data/score.py" "$data/goals.jsonl.gz" "$work/turns.jsonl"
