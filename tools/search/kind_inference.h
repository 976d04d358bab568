#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What kind of thing a product is, where the shop does not say or says it badly.
namespace floorwalker::search {

// What inference may look at, for all products of a catalogue.
struct KindEvidence {
  struct Doc {
    std::span<const std::uint32_t> title;     // terms, kTitleBreak between segments
    std::span<const std::uint32_t> fields;    // attribute names that it has
    std::uint32_t stated = 0xFFFFFFFF;        // a number for the kind that the shop states
    std::uint32_t brand = 0xFFFFFFFF;
    std::span<const std::uint32_t> brand_terms;
    std::span<const std::uint32_t> value_terms;  // words that are a whole value of an attribute ("black")
  };
  std::size_t docs = 0;
  std::function<Doc(std::uint32_t)> doc;
  std::size_t terms = 0;
  std::function<std::string_view(std::uint32_t)> surface;  // a term's most frequent form
  std::vector<std::uint32_t> field_docs;                   // of each attribute name: products that have it
  std::vector<std::uint32_t> stated;                       // of each product: as in Doc
  std::vector<std::vector<std::uint32_t>> stated_terms;    // the words of every stated kind
  std::vector<std::string> stated_names;
};

struct InferredKind {
  std::string name;
  std::vector<std::uint32_t> terms;
  bool stated = false;
};

struct InferredKinds {
  std::vector<InferredKind> kinds;
  std::vector<std::uint32_t> first;     // of each product in `of`, and one more
  std::vector<std::uint32_t> of;        // kinds, the main one first
};

InferredKinds infer_kinds(const KindEvidence& evidence);

}  // namespace floorwalker::search
