#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/core/playbook/loader.h"

// Any bytes are either a playbook or a list of findings: no crash, no hang, no silence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  floorwalker::LoadOptions options;
  options.open = [](const std::string&, const std::string&) { return floorwalker::OpenedFile{"parent", "playbook: parent\nlimits: {steps: 3}\n"}; };
  options.environment = "staging";
  const floorwalker::LoadedPlaybook loaded = floorwalker::load_playbook(text, "fuzz.yaml", options);
  if (!loaded.ok() && loaded.findings.empty()) std::abort();
  for (const floorwalker::Finding& finding : loaded.findings) {
    if (finding.message.empty() || finding.at.line < 1 || finding.at.column < 1) std::abort();
  }
  return 0;
}
