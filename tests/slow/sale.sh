#!/usr/bin/env bash
# The same sale in the embedded shop and on every platform, there with a copy of the catalogue and purely live.
exec bash "$(dirname "${BASH_SOURCE[0]}")/../servers/sale.sh" embedded vendure vendure-live shopify shopify-live medusa medusa-live
