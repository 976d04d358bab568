#include "tests/support/model_server.h"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <thread>

namespace floorwalker::test {
namespace {

using nlohmann::json;

json answer_to(const json& request) {
  const json& messages = request.at("messages");
  json message = {{"role", "assistant"}, {"content", nullptr}};
  if (messages.back().at("role") == "tool") {
    message["content"] = "Here are the lightest ones that we carry.";
  } else {
    const json function = {{"name", "search_catalogue"}, {"arguments", R"({"query":"laptop"})"}};
    message["tool_calls"] = {{{"id", "call_" + std::to_string(messages.size())}, {"type", "function"}, {"function", function}}};
  }
  const json choice = {{"index", 0}, {"message", message}, {"finish_reason", "stop"}};
  const json usage = {{"prompt_tokens", 900}, {"completion_tokens", 100}, {"total_tokens", 1000}};
  return {{"id", "1"}, {"object", "chat.completion"}, {"model", "m"}, {"choices", {choice}}, {"usage", usage}};
}

}  // namespace

struct ModelServer::Running {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

ModelServer::ModelServer() : running_(std::make_unique<Running>()) {
  running_->server.Post("/v1/chat/completions", [this](const httplib::Request& request, httplib::Response& response) {
    ++asked_;
    response.set_content(answer_to(json::parse(request.body)).dump(), "application/json");
  });
  running_->port = running_->server.bind_to_any_port("127.0.0.1");
  running_->thread = std::thread([this] { running_->server.listen_after_bind(); });
}

ModelServer::~ModelServer() {
  running_->server.stop();
  running_->thread.join();
}

std::string ModelServer::address() const { return "http://127.0.0.1:" + std::to_string(running_->port) + "/v1"; }

}  // namespace floorwalker::test
