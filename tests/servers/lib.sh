# What the scripts beside this one share. Sourced.
# Servers live in build/servers/NAME, listen on 127.0.0.1 only, and are stopped by the process id that they were started with.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
export npm_config_loglevel=error npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false npm_config_package_lock=false

# Makes the server's folder with its files in it, and goes there.
enter() {
  folder="$top/build/servers/$1"
  mkdir -p "$folder"
  cp -r "$here/$1/." "$here"/goods.* "$folder/"
  cd "$folder"
}

# Node 20 or newer: the system's, else one that npm brings.
use_node() {
  command -v npm >/dev/null || { echo "npm is missing: apt-get install nodejs npm" >&2; return 1; }
  local major
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  [ "${major:-0}" -ge 20 ] && return 0
  local own="$top/build/servers/node"
  mkdir -p "$own"
  [ -x "$own/node_modules/.bin/node" ] || (cd "$own" && npm install node@22.21.1 >/dev/null)
  export PATH="$own/node_modules/.bin:$PATH"
}

# running PIDFILE: whether the server of that file still runs.
running() { [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# stop PIDFILE: ends it and waits until it has gone.
stop() {
  if running "$1"; then
    kill "$(cat "$1")"
    for _ in $(seq 100); do running "$1" || break; sleep 0.1; done
  fi
  rm -f "$1"
}

# wait_for URL PIDFILE LOG SECONDS
wait_for() {
  for _ in $(seq $(($4 * 10))); do
    curl -fsS -o /dev/null "$1" 2>/dev/null && return 0
    running "$2" || { tail -20 "$3" >&2; return 1; }
    sleep 0.1
  done
  echo "$1 does not answer" >&2
  return 1
}

# Where shoppers of the platforms that have no page of their own for it would pay.
export VENDURE_CHECKOUT_URL="${VENDURE_CHECKOUT_URL:-https://shop.example.com/checkout}"
export MEDUSA_CHECKOUT_URL="${MEDUSA_CHECKOUT_URL:-https://shop.example.com/checkout}"
