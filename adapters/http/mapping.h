#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/adapter_file.h"
#include "agent/core/cart.h"
#include "agent/core/catalogue.h"

// Answers of a shop as domain values, as the maps of an adapter file say. Everything found is the shop's word: texts become valid UTF-8
// without control characters, numbers are range-checked, amounts are read digit by digit.
namespace floorwalker::http {

// The text that the field finds, nothing if it finds none.
std::optional<std::string> text_at(const Field& field, const Scope& scope);

// Text as the shop has it, byte for byte: for ids.
std::string id_at(const Field& field, const Scope& scope);

std::optional<std::int64_t> whole_at(const Field& field, const Scope& scope);
std::optional<bool> truth_at(const Field& field, const Scope& scope);

// What the maps need besides the answer.
struct MappingContext {
  const Adapter& adapter;
  const Variables& variables;
  Currency currency;          // where an answer names none
};

// kMalformed, naming what is missing, for a product without id, title, variant or price.
Result<Product> map_product(const Json& json, const MappingContext& context);
Result<Cart> map_cart(const Json& json, const MappingContext& context);  // its id is left empty

struct MappedOrder {
  Order order;
  std::string email;   // whose it is, "" if the answer does not say
};
Result<MappedOrder> map_order(const Json& json, const MappingContext& context);
Result<Policy> map_policy(const Json& json, const MappingContext& context);

// An amount as a shop writes it, in whole minor units: "1169.1", "129900.0", "4208.760000001", "1.2e3". Digits beyond the minor unit are
// rounded half away from zero. Never floating point. Nothing for what is no number or does not fit.
std::optional<std::int64_t> minor_units(std::string_view amount, const Currency& currency, MoneyForm form);

}  // namespace floorwalker::http
