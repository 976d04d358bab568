#pragma once

#include <string>
#include <vector>

#include "agent/core/catalogue.h"
#include "tools/shop.h"
#include "tools/tool.h"

// What several tools need to know of products.
namespace floorwalker::tools {

// A product as lists show it, with at most `attributes` attributes and every variant.
ProductCard card_of(const Product& product, std::size_t attributes = 8);

// The product that the text means: its id, or the id of one of its variants. kNotFound names what was asked.
Result<Product> product_meant(ports::Catalogue& catalogue, const std::string& id);

// The kind of thing that a product is: the shop's own word, else the one that search gives it; "" if nobody knows.
std::string kind_of(const Shop& shop, const Product& product);

// Whether the product is of a kind: by the word given, its own kind, or the name of a category it stands in (its department only where
// the shop gives it no kind). Singular and plural agree.
bool is_of_kind(const Product& product, const std::string& own_kind, const std::string& kind);

// "screen size", "Screen-Size" and "screen_size" are the same name.
bool same_name(std::string_view a, std::string_view b);

// All values of an attribute, in order; "price" is none of them.
std::vector<AttributeValue> values_of(const Product& product, std::string_view attribute);

// "Size M, Colour Black"; the variant's id where it has no options.
std::string options_text(const Variant& variant);

// Cuts valid UTF-8 to at most `bytes`, at a code point, with "..." where something went.
std::string shortened(const std::string& text, std::size_t bytes);

}  // namespace floorwalker::tools
