#!/usr/bin/env bash
# The catalogues of every platform, copied and brought up to date.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../servers/sync.sh" vendure shopify medusa
