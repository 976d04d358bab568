#!/usr/bin/env bash
# Medusa 2.21.2 over a PostgreSQL cluster of its own, with Vendure's sample catalogue and a code SAVE10 (so vendure.sh comes first). Prints its
# address when it answers; the publishable key is in build/servers/medusa/publishable-key.
# usage: medusa.sh [start|stop]     PORT (9100), PGPORT (54330)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PORT="${PORT:-9100}" PGPORT="${PGPORT:-54330}" MEDUSA_DISABLE_TELEMETRY=true NODE_ENV=production
export DATABASE_URL="postgres://medusa@127.0.0.1:$PGPORT/medusa"
enter medusa
goods="$top/build/servers/vendure/node_modules/@vendure/create/assets/products.csv"
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
postgres() { as_postgres "$bin/pg_ctl" -D "$folder/pg/data" "$@"; }

if [ "${1:-start}" = stop ]; then
  stop pid
  [ -f pg/data/postmaster.pid ] && postgres -m fast -w stop >/dev/null
  exit 0
fi
use_node
[ -f node_modules/.package-lock.json ] || npm install >install.log 2>&1
if [ ! -f pg/data/PG_VERSION ]; then
  mkdir -p pg
  [ "$(id -u)" = 0 ] && chown postgres pg
  as_postgres "$bin/initdb" -D "$folder/pg/data" -A trust -U medusa --no-sync >/dev/null
fi
# A test's data: speed before safety.
settings="-c listen_addresses=127.0.0.1 -p $PGPORT -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
postgres status >/dev/null 2>&1 || postgres -w -l "$folder/pg/log" -o "$settings" start >/dev/null
database() { psql -h 127.0.0.1 -p "$PGPORT" -U medusa -d postgres -tAc "$1"; }
[ "$(database "select 1 from pg_database where datname='medusa'")" = 1 ] || database 'create database medusa' >/dev/null
if [ ! -f .migrated ]; then
  npx medusa db:migrate >migrate.log 2>&1
  npx medusa user -e admin@test.local -p supersecret >user.log 2>&1
  touch .migrated
fi
if ! running pid; then
  nohup node node_modules/@medusajs/cli/cli.js start --host 127.0.0.1 --port "$PORT" >server.log 2>&1 &
  echo $! >pid
fi
wait_for "http://127.0.0.1:$PORT/health" pid server.log 120
MEDUSA_URL="http://127.0.0.1:$PORT" node seed.mjs "$goods" >seed.log
echo "http://127.0.0.1:$PORT"
