#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "agent/core/answers.h"

// Which variant of a product a call means. A choice that the shopper has not made is never made for them.
namespace floorwalker::tools {

using Options = std::vector<std::pair<std::string, std::string>>;  // {"Size", "M"}

// The one variant that has all the options; spelling is forgiven ("medium" for "M", "16GB" for "16 GB", "colour" for "Color"). Fails with
// kInvalidArgument: several fit (message and `choices` tell what is open), an option or value does not exist (`accepted` tells those that do).
tl::expected<Variant, ErrorAnswer> choose_variant(const Product& product, const Options& options);

// The same, starting from a variant: options that are not named stay as they are.
tl::expected<Variant, ErrorAnswer> choose_other(const Product& product, const Variant& now, const Options& options);

// Variants in stock other than `wanted`, those most like it first; at most 20.
std::vector<Variant> in_stock_siblings(const Product& product, const Variant& wanted);

}  // namespace floorwalker::tools
