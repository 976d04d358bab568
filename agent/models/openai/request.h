#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/tool.h"
#include "agent/models/openai/dialect.h"

namespace floorwalker::openai {

// What does not change while a model is in use.
struct RequestSettings {
  std::string model;
  bool stream = true;
  int max_tokens = 1024;
  double temperature = 0.2;
  bool send_temperature = false;
  std::string extra;  // further members of the body, ", "-separated JSON members without braces; "" for none
};

// The "tools" member for a dialect, written once and shared.
std::string tools_json(const std::vector<ToolSpec>& specs, const Dialect& dialect);

// One message of the history in the wire's form; arguments that are no JSON object are written as {}.
std::string message_json(const Message& message, const Dialect& dialect);

// The parts of a request that survive a retry: each message is written once.
struct History {
  std::string system;                 // the system prompt's text
  std::vector<std::string> messages;  // wire form, oldest first
  std::vector<bool> tool_result;      // which of them is a tool's result

  // `note` is added to the shopper's latest message.
  static History of(const Conversation& conversation, std::string system_prompt, const std::string& note, const Dialect& dialect);

  // Makes the request shorter, keeping the system prompt and everything since the shopper's last message: older tool results become
  // stubs (their facts stay in the evidence). False if nothing is left to shorten.
  bool shrink();
};

std::string request_body(const RequestSettings& settings, const Dialect& dialect, const History& history, const std::string& tools);

}  // namespace floorwalker::openai
