#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "agent/core/clock.h"

// floorwalker tools list | call: what an agent can do in the shop, and doing it by hand.
namespace floorwalker::cli {
namespace {

using Json = nlohmann::ordered_json;

struct CallOptions {
  std::string name;
  std::string arguments;   // a file, "-" for standard input, or the JSON itself
  std::string cart, session = "tools", key;
};

Result<std::unique_ptr<Composition>> open(const Settings& settings) {
  auto complete = with_config(settings);
  if (!complete) return fail(complete.error());
  return Composition::create(*complete, [](const std::string& what) { std::cerr << "floorwalker: " << what << "\n"; });
}

// "product, needs?, attributes?": what a tool takes, "?" where it may be left out.
std::string arguments_of(const ToolSpec& spec) {
  const Json schema = Json::parse(spec.parameters);
  const auto required = schema.value("required", std::vector<std::string>());
  const Json properties = schema.value("properties", Json::object());
  std::string all;
  for (const auto& [name, property] : properties.items()) {
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    all += (all.empty() ? "" : ", ") + name + (needed ? "" : "?");
  }
  return all;
}

void print(const ToolSpec& spec, bool as_json) {
  const char* effect = spec.effect == ToolEffect::kWrite ? "write" : "read";
  if (as_json) {
    std::cout << Json{{"name", spec.name}, {"effect", effect}, {"description", spec.description}, {"parameters", Json::parse(spec.parameters)}}.dump() << "\n";
    return;
  }
  std::cout << spec.name << "  (" << effect << ")\n    " << spec.description << "\n    " << (arguments_of(spec).empty() ? "no arguments" : arguments_of(spec)) << "\n";
}

Result<void> list(const Settings& settings) {
  const auto composition = open(settings);
  if (!composition) return fail(composition.error());
  const auto tools = (*composition)->tools();
  if (!tools) return fail(tools.error());
  for (const ToolSpec& spec : tools->get().specs()) print(spec, settings.json);
  return {};
}

Result<std::string> arguments_from(const std::string& source) {
  if (source.empty() || source.front() == '{') return source;
  if (source == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(source);
  if (!file) return fail(ErrorKind::kIo, "The arguments " + source + " cannot be read: name a file with a JSON object, - for standard input, or write the object itself.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A key that no other call has: writes by hand are meant once each, unless --key says otherwise.
std::string fresh_key() {
  std::random_device random;
  return "tools-call-" + std::to_string(random()) + "-" + std::to_string(random());
}

// Prints the answer. True unless the call failed; a refusal of the shop is an answer.
Result<bool> call(const Settings& settings, const CallOptions& options) {
  auto arguments = arguments_from(options.arguments);
  if (!arguments) return fail(arguments.error());
  const auto composition = open(settings);
  if (!composition) return fail(composition.error());
  const auto tools = (*composition)->tools();
  if (!tools) return fail(tools.error());
  ToolCall made;
  made.id = CallId("call_1");
  made.name = options.name;
  made.arguments = std::move(*arguments);
  ToolContext context;
  context.session = SessionId(options.session);
  context.cart = CartId(options.cart);
  context.key = IdempotencyKey(options.key.empty() ? fresh_key() : options.key);
  context.now = SystemClock().now();
  const ToolResult result = tools->get().call(made, context);
  if (settings.json) {
    std::cout << result.content << "\n";
  } else {
    std::cout << Json::parse(result.content).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  }
  return result.outcome == ToolOutcome::kOk || result.outcome == ToolOutcome::kRefused;
}

}  // namespace

void add_tools(CLI::App& app, Exit& exit) {
  auto settings = std::make_shared<Settings>();
  auto options = std::make_shared<CallOptions>();
  CLI::App* command = app.add_subcommand("tools", "What an agent can do in the shop: list the tools, or call one by hand");
  command->require_subcommand(1);

  CLI::App* listing = command->add_subcommand("list", "Every tool with its arguments");
  add_settings(*listing, *settings);
  listing->add_flag("--json", settings->json, "one JSON object a tool, with the schema of its arguments");
  listing->callback([settings, &exit] {
    const auto done = list(*settings);
    exit.status = done ? 0 : complain(done.error());
  });

  CLI::App* calling = command->add_subcommand("call", "Call one tool and print its answer");
  calling->footer("Example:\n  floorwalker tools call search_catalogue '{\"words\": \"light laptop\", \"limit\": 2}'");
  add_settings(*calling, *settings);
  calling->add_option("name", options->name, "the tool")->required();
  calling->add_option("arguments", options->arguments, "a file with a JSON object, - for standard input, or the object itself");
  calling->add_option("--cart", options->cart, "the cart that the call is about (an add without it makes one)")->type_name("ID");
  calling->add_option("--session", options->session, "the session that the call is made in")->type_name("ID");
  calling->add_option("--key", options->key, "idempotency key: the same key does a change once")->type_name("KEY");
  calling->add_flag("--json", settings->json, "the answer on one line, as a model reads it");
  calling->callback([settings, options, &exit] {
    const auto done = call(*settings, *options);
    exit.status = !done ? complain(done.error()) : *done ? 0 : 1;
  });
}

}  // namespace floorwalker::cli
