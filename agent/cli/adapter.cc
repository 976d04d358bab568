#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/http/check.h"
#include "agent/cli/adapters.h"
#include "agent/cli/command.h"
#include "agent/net/curl_transport.h"

// `floorwalker adapter check`: whether an adapter file makes a shop of whatever answers at an address.
namespace floorwalker::cli {
namespace {

constexpr const char* kFooter = R"(
Examples:
  floorwalker adapter check my-shop.yaml --offline                    only read the file: mistakes with line and column
  floorwalker adapter check my-shop.yaml --url http://127.0.0.1:8080  and hold the shop to the contract: makes carts, orders nothing
  floorwalker adapter check shopify --url https://my-shop.myshopify.com --code SAVE10
)";

struct Options {
  std::string file, url, code;
  std::vector<std::string> settings;   // "name=value"
  bool offline = false;
  bool json = false;
};

const char* word(http::CheckResult::Verdict verdict) {
  switch (verdict) {
    case http::CheckResult::Verdict::kPassed: return "ok";
    case http::CheckResult::Verdict::kFailed: return "failed";
    case http::CheckResult::Verdict::kAbsent: return "absent";
  }
  return "";
}

void print(const http::CheckResult& result, bool json) {
  if (json) {
    const nlohmann::json line = {{"check", result.name}, {"verdict", word(result.verdict)}, {"detail", result.detail}};
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n" << std::flush;
    return;
  }
  std::string verdict = word(result.verdict);
  verdict.resize(8, ' ');
  std::cout << verdict << result.name << (result.detail.empty() ? "" : ": " + result.detail) << "\n" << std::flush;
}

Result<http::EngineOptions> engine_options(const Options& options) {
  http::EngineOptions made;
  made.url = options.url;
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) return fail(ErrorKind::kInvalidArgument, "--set wants NAME=VALUE, not '" + setting + "'.");
    made.settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return made;
}

int check(const Options& options) {
  auto adapter = load_adapter_file(options.file);
  if (!adapter) return complain(adapter.error());
  if (options.offline) {
    print({"the file has no mistakes", http::CheckResult::Verdict::kPassed, {}}, options.json);
    return 0;
  }
  auto made = engine_options(options);
  if (!made) return complain(made.error());
  net::CurlTransport transport;
  auto shop = http::Shop::open(std::move(*adapter), transport, std::make_unique<http::MemoryLedger>(), std::move(*made));
  if (!shop) return complain(shop.error());
  int failed = 0;
  http::CheckOptions wanted;
  wanted.good_code = options.code;
  http::check_shop(**shop, wanted, [&](const http::CheckResult& result) {
    print(result, options.json);
    failed += result.verdict == http::CheckResult::Verdict::kFailed ? 1 : 0;
  });
  return failed ? 1 : 0;
}

}  // namespace

void add_adapter(CLI::App& app, Exit& exit) {
  CLI::App* adapter = app.add_subcommand("adapter", "Connect a shop's own system: check an adapter file, and the shop behind it");
  adapter->require_subcommand(1);
  CLI::App* command = adapter->add_subcommand("check", "Read an adapter file and hold the shop to the contract");
  const auto options = std::make_shared<Options>();
  command->footer(kFooter);
  command->add_option("FILE", options->file, "an adapter file, or the name of a shipped one (shopify, vendure, medusa)")->required();
  command->add_option("--url", options->url, "the shop's address, in place of the file's");
  command->add_option("--set", options->settings, "a setting of the file: NAME=VALUE")->type_name("NAME=VALUE");
  command->add_option("--code", options->code, "a discount code that applies to any cart");
  command->add_flag("--offline", options->offline, "only read the file");
  command->add_flag("--json", options->json, "one object a line");
  command->callback([options, &exit] { exit.status = check(*options); });
}

}  // namespace floorwalker::cli
