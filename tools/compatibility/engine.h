#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/result.h"

// Whether two things go together, by rules that are data (README.md beside this file has the format).
namespace floorwalker::compatibility {

// A file of rules, as read: the embedded ones under tools/compatibility/, and the merchant's own.
struct Source {
  std::string file;  // for messages
  std::string_view yaml;
};

// Something in words of the catalogue: a product, or what a shopper says they have ("a 76 cm door", "an AM4 board").
struct Thing {
  ProductId id;            // empty for what the shopper has
  std::string title;
  std::string kind;        // "" where unknown: then words and attributes decide
  std::vector<std::string> categories;
  std::vector<Attribute> attributes;
};

// With the values of its options among the attributes: a mattress has the sizes it comes in.
Thing thing_of(const Product& product, std::string kind = {});

// No if any check is no; yes if there is one and all are yes; else unknown.
Fit all_of(const std::vector<Compatibility::Check>& checks);

// The rules, ready to use. Immutable, safe for every thread.
class Engine {
 public:
  // Fails with kInvalidArgument; the message has one line "file:line:column: what is wrong" for each fault.
  static Result<Engine> load(const std::vector<Source>& sources);

  Engine();  // no rules: everything is unknown
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Every rule that applies to the pair, in either order. A missing attribute makes its check unknown; nothing is guessed.
  Compatibility check(const Thing& a, const Thing& b) const;

  // Whether things that are together in one build or basket go together: each pair, and the sums over all (power load against a supply).
  std::vector<Compatibility::Check> check_together(const std::vector<Thing>& things) const;

  std::vector<std::string> rule_ids() const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace floorwalker::compatibility
