#!/usr/bin/env bash
# Vendure 3.7.3 with its own sample catalogue (SQLite) and a code SAVE10. Prints its address when it answers.
# usage: vendure.sh [start|stop|reset]     PORT (3900)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PORT="${PORT:-3900}" VENDURE_DISABLE_TELEMETRY=true VENDURE_LOG=Warn
enter vendure
case "${1:-start}" in
  stop) stop "pid.$PORT"; exit 0 ;;
  reset) stop "pid.$PORT"; rm -rf data ;;
esac
use_node
[ -f node_modules/better-sqlite3/build/Release/better_sqlite3.node ] || npm install >install.log 2>&1
[ -f data/.populated ] || node populate.js >populate.log 2>&1
if ! running "pid.$PORT"; then
  nohup node server.js >"server.$PORT.log" 2>&1 &
  echo $! >"pid.$PORT"
fi
wait_for "http://127.0.0.1:$PORT/health" "pid.$PORT" "server.$PORT.log" 60
node seed.mjs "http://127.0.0.1:$PORT/admin-api"
echo "http://127.0.0.1:$PORT"
