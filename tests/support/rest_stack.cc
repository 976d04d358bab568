#include "tests/support/rest_stack.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <mutex>

#include "tests/support/paths.h"

namespace floorwalker::test {

http::Adapter shipped_adapter(const std::string& name) {
  const std::string file = source_dir().string() + "/adapters/" + name + ".yaml";
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  http::LoadedAdapter loaded = http::load_adapter(text, file);
  for (const Finding& finding : loaded.findings) ADD_FAILURE() << file << ":" << finding.at.line << ":" << finding.at.column << ": " << finding.path << ": " << finding.message;
  return std::move(loaded.adapter);
}

RestStack::RestStack(http::Adapter adapter, std::unique_ptr<http::Ledger> ledger) {
  http::EngineOptions options;
  options.url = "http://shop.test";
  options.environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "SHOP_API_KEY" ? std::optional<std::string>("very-secret-key") : std::nullopt;
  };
  options.wait = [this, mutex = std::make_shared<std::mutex>()](std::chrono::milliseconds time) {
    const std::lock_guard lock(*mutex);
    waits.push_back(time);
  };
  auto opened = http::Shop::open(std::move(adapter), transport, std::move(ledger), std::move(options));
  if (!opened) ADD_FAILURE() << opened.error().message;
  else shop = std::move(*opened);
}

}  // namespace floorwalker::test
