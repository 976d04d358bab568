#!/usr/bin/env bash
# The same sale in the embedded shop and on every platform.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../servers/sale.sh" embedded vendure shopify medusa
