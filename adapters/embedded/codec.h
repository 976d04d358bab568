#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/core/cart.h"
#include "agent/core/catalogue.h"
#include "agent/core/result.h"
#include "tools/ports/carts.h"

// How values are packed into the database's blobs: lengths and small numbers as varints, text as its bytes. Reading a packed product
// costs a few microseconds, less than any text format, and that is what a turn does most. Unpacking fails with kMalformed on bytes
// that pack() did not write.
namespace floorwalker::embedded {

using Blob = std::vector<char>;

// Everything of a product but its id, title and variants, which have columns of their own.
Blob pack_details(const Product& product);
Result<void> unpack_details(std::string_view bytes, Product& product);

Blob pack_options(const std::vector<OptionValue>& options);
Result<std::vector<OptionValue>> unpack_options(std::string_view bytes);

Blob pack_texts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> unpack_texts(std::string_view bytes);

Blob pack_order(const Order& order);
Result<Order> unpack_order(std::string_view bytes);

// The answers of cart writes, kept for repeated keys: a refusal is repeated as it was, too.
Blob pack_answer(const Result<ports::CartChange>& answer);
Result<ports::CartChange> unpack_answer(std::string_view bytes);
Blob pack_answer(const Result<std::string>& answer);
Result<std::string> unpack_text_answer(std::string_view bytes);

// A hash of a product's content, stock aside: equal for equal products, in every build and run.
std::uint64_t content_hash(const Product& product);

}  // namespace floorwalker::embedded
