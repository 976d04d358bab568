#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/json.h"
#include "adapters/http/values.h"

namespace floorwalker::http {

// Where a selector looks: a value, and the objects around it that a mapping went through.
struct Scope {
  const Json* node = nullptr;
  const Scope* outer = nullptr;
  const Variables* variables = nullptr;
};

// A path into JSON:
//
//   name.first            members
//   .                     the value itself
//   ^.currency            from the object around it (one for each ^)
//   *.errorCode           every member
//   variants[]            every item; variants[0] the first, variants[-1] the last
//   facets[code=brand]    items whose `code` is "brand" (`!=`: is not; `[code]`: has one); $variables may stand on the right
//
// Finds any number of values, in document order; null counts as nothing found. Immutable.
class Selector {
 public:
  // Nothing if it is malformed; `why` says what is wrong.
  static std::optional<Selector> parse(std::string_view text, std::string& why);

  void select(const Scope& scope, std::vector<const Json*>& found) const;
  const Json* first(const Scope& scope) const;  // null if nothing is found

  const std::string& text() const { return text_; }
  std::vector<std::string> variables() const;   // names used in filters

 private:
  struct Step {
    enum class Kind { kMember, kAnyMember, kItems, kItem, kWhere };
    Kind kind = Kind::kMember;
    std::string name;             // kMember
    int index = 0;                // kItem
    std::vector<std::string> path;  // kWhere: members to go down
    enum class Test { kHas, kIs, kIsNot } test = Test::kHas;
    std::string value;            // kWhere: literal, or a variable's name
    bool variable = false;
  };

  bool add_bracket(std::string_view inside, std::string& why);
  void walk(const Json* node, std::size_t step, const Variables* variables, std::vector<const Json*>& found, bool only_first) const;
  static bool passes(const Step& step, const Json* item, const Variables* variables);

  std::string text_;
  int up_ = 0;
  std::vector<Step> steps_;
};

}  // namespace floorwalker::http
