#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/catalogue.h"
#include "agent/core/message.h"

namespace floorwalker {

enum class Trust {
  kMerchant,    // the shop's own records
  kThirdParty,  // reviews and other people's words
  kShopper,     // what the shopper said
};

// Something a tool returned: about whom, what, which value, and where it stands.
struct Fact {
  std::string subject;      // id of the product, variant, cart line, order, policy ...; "" for the conversation or the shop
  std::string attribute;    // "price", "weight", "stock" ...
  std::variant<std::string, bool, Measure, Money> value;
  std::string source;       // "call_3#/variants/0/price": the call's id and a JSON pointer into its result
  Time observed{};
  Trust trust = Trust::kMerchant;
};

enum class ClaimKind {
  kAmount, kQuantity, kAttribute, kName, kIdentifier, kAvailability, kDelivery, kPolicy, kCompatibility, kComparison,
  kSuperlative, kCount, kAction, kEvaluative,
};

enum class Verdict { kSupported, kContradicted, kUnsupported, kSubjective };

std::string_view to_string(ClaimKind kind);    // "amount" ...
std::string_view to_string(Verdict verdict);   // "supported" ...

// A checkable span of a reply and what the evidence says of it.
struct Claim {
  std::size_t start = 0, end = 0;      // Unicode code points of the reply
  std::string text;
  ClaimKind kind = ClaimKind::kEvaluative;
  Verdict verdict = Verdict::kUnsupported;
  std::string why;                     // the values compared, in words for model and operator
  std::vector<std::string> evidence;   // source pointers

  bool operator==(const Claim&) const = default;
};

}  // namespace floorwalker
