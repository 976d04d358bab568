#include "agent/cli/adapters.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/resources/resources.h"

namespace floorwalker::cli {
namespace {

bool is_file(const std::string& name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

std::optional<std::string> text_of(const std::string& name) {
  if (std::ifstream in(name, std::ios::binary); is_file(name) && in) return std::string(std::istreambuf_iterator<char>(in), {});
  const std::string shipped = name.starts_with("adapters/") ? name : "adapters/" + name + (is_file(name) ? "" : ".yaml");
  if (const auto bytes = resources::find(shipped)) return std::string(*bytes);
  return std::nullopt;
}

}  // namespace

bool is_adapter(const std::string& shop) {
  return !shop.empty() && (is_file(shop) || (shop.find_first_of("/.") == std::string::npos && resources::find("adapters/" + shop + ".yaml")));
}

Result<http::Adapter> load_adapter_file(const std::string& name) {
  const auto text = text_of(name);
  if (!text) return fail(ErrorKind::kIo, "The adapter " + name + " cannot be read, and none of that name is shipped.");
  const auto beside = std::filesystem::path(name).parent_path();   // the folder of the file, where the one that it extends is looked for first
  http::LoadedAdapter loaded = http::load_adapter(*text, name, [&](const std::string& parent) {
    auto own = is_file(parent) ? text_of((beside / parent).string()) : std::nullopt;
    return own ? own : text_of(parent);
  });
  if (loaded.ok()) return std::move(loaded.adapter);
  std::string message = "The adapter has mistakes:";
  for (const Finding& finding : loaded.findings) {
    message += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " +
               (finding.path.empty() ? "" : finding.path + ": ") + finding.message + (finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")");
  }
  return fail(ErrorKind::kInvalidArgument, message);
}

}  // namespace floorwalker::cli
