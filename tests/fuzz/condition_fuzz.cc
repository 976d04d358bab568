#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/core/guardrails/condition.h"

namespace {

using namespace floorwalker::guardrails;

class FuzzScope final : public Scope {
 public:
  FuzzScope()
      : order_(*parse_json(R"({"status":"pending","items":[{"id":"a","price":1.5,"options":{"x":"y"}},{"id":"b","price":2}],"nothing":null})")),
        args_(*parse_json(R"({"ids":["a","b","c"],"n":3,"flag":true})")) {}

  const Value& name(const std::string& name) const override { return name == "order" ? order_ : name == "args" ? args_ : missing_; }
  const Value& record(const std::string&, const std::string& id) const override { return id == "a" ? order_ : missing_; }
  bool is_record_type(const std::string& name) const override { return name == "order"; }

 private:
  Value order_, args_, missing_;
};

}  // namespace

// Any text either parses and evaluates to something, or fails with words; what evaluates twice evaluates equal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const FuzzScope scope;
  const auto condition = Condition::parse(text);
  if (condition) {
    if (!(condition->value(scope) == condition->value(scope))) std::abort();
    condition->holds(scope);
    condition->names();
  } else if (condition.error().message.empty()) {
    std::abort();
  }
  const auto filled = Template::parse(text);
  if (filled) filled->fill(scope);
  parse_json(text);
  static const Wanted wanted{{"status", "items", "id"}, {"items"}};
  parse_json(text, &wanted);
  return 0;
}
