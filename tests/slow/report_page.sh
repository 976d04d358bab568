#!/usr/bin/env bash
# The HTML report of an evaluation, opened from its file in Chromium without a network.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || { echo "skipped: no Chromium"; exit 0; }
command -v npm >/dev/null || { echo "skipped: no npm"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm install --silent --no-audit --no-fund playwright-core@1 >/dev/null) || { echo "skipped: playwright-core cannot be installed"; exit 0; }
suites="$top/evals/suites"
"$top/build/release/floorwalker" eval "$suites/a-whole-shop.yaml" --out "$work/base.json" >/dev/null || true
"$top/build/release/floorwalker" eval "$suites/a-whole-shop.yaml" --baseline "$work/base.json" --html "$work/report.html" >/dev/null || true
cp "$top/tests/slow/report_page.mjs" "$work/"
cd "$work" && node report_page.mjs "$browser" "$work/report.html"
