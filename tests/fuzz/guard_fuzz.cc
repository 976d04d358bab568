#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/core/guardrails/input_guard.h"
#include "agent/core/guardrails/injection.h"
#include "agent/core/guardrails/personal.h"
#include "agent/core/guardrails/result_guard.h"
#include "agent/core/guardrails/value.h"
#include "agent/core/text.h"

namespace {

// How many placeholders for mail addresses the text has.
int addresses(const std::string& text) {
  int count = 0;
  for (std::size_t at = text.find("@private.invalid"); at != std::string::npos; at = text.find("@private.invalid", at + 1)) ++count;
  return count;
}

}  // namespace

// Texts of strangers: what was made harmless stays so when it is looked at again, JSON stays JSON, and what was redacted has nothing personal left.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace floorwalker;
  using namespace floorwalker::guardrails;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text = text::sanitise(bytes);
  static const std::vector<std::string> kinds = {"email", "phone", "card", "address", "iban"};

  GuardrailRules rules;
  rules.redact = kinds;
  rules.input.languages = {"en"};
  const InputGuard input(rules);
  const std::string tidy = input.tidy(text);
  if (input.tidy(tidy).size() > tidy.size()) std::abort();
  input.check(tidy);
  injection_mark(bytes);

  Redactor redactor(kinds);
  const std::string redacted = redactor.redact(text);
  const bool forged = text.find("private.invalid") != std::string::npos;
  if (!forged && addresses(redactor.redact(redacted)) != addresses(redacted)) std::abort();
  redactor.restore(redacted);

  static const ResultGuard results(ResultRules{});
  const ToolResult seen = results.check({CallId("c"), ToolOutcome::kOk, std::string(bytes), {}}, ToolEffect::kRead);
  if (!is_json(seen.content)) std::abort();
  return 0;
}
