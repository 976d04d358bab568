#include "agent/cli/transcript.h"

#include <zlib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

namespace floorwalker::cli {

using nlohmann::json;

struct TranscriptReader::File {
  std::string path;
  gzFile handle = nullptr;
  std::size_t line = 0;

  ~File() {
    if (handle) gzclose(handle);
  }

  // A whole line without its end; false at the end of the file.
  bool read_line(std::string& out) {
    out.clear();
    char buffer[65536];
    while (gzgets(handle, buffer, sizeof buffer)) {
      out += buffer;
      if (!out.empty() && out.back() == '\n') {
        out.pop_back();
        ++line;
        return true;
      }
    }
    if (!out.empty()) ++line;
    return !out.empty();
  }
};

namespace {

// The text of a message's content: a string, or the text parts of a list.
std::string text_of(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (content.is_array()) {
    for (const json& part : content) {
      if (part.is_object() && part.contains("text") && part["text"].is_string()) text += part["text"].get<std::string>();
    }
  } else if (content.is_object()) {
    text = content.dump();
  }
  return text;
}

std::string string_at(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

ToolCall call_of(std::string id, const json& function) {
  ToolCall call;
  call.id = CallId(std::move(id));
  call.name = string_at(function, "name");
  call.arguments = string_at(function, "arguments");
  return call;
}

std::vector<ToolCall> calls_of(const json& message) {
  std::vector<ToolCall> calls;
  const auto list = message.find("tool_calls");
  if (list != message.end() && list->is_array()) {
    for (const json& call : *list) {
      if (!call.is_object() || !call.contains("function")) continue;
      calls.push_back(call_of(string_at(call, "id"), call["function"]));
    }
  } else if (const auto old = message.find("function_call"); old != message.end() && old->is_object()) {
    calls.push_back(call_of(string_at(*old, "name"), *old));
  }
  return calls;
}

Message message_of(const json& source, int& turn) {
  Message message;
  const std::string role = string_at(source, "role");
  const std::string text = source.contains("content") ? text_of(source["content"]) : std::string();
  if (role == "user") ++turn;
  message.turn = turn;
  if (role == "assistant") {
    message.role = Role::kAssistant;
    message.text = text;
    message.calls = calls_of(source);
  } else if (role == "tool" || role == "function") {
    message.role = Role::kTool;
    std::string call = string_at(source, "tool_call_id");
    if (call.empty()) call = string_at(source, "name");
    message.result = {CallId(call), ToolOutcome::kOk, text, {}};
  } else {
    message.role = role == "user" ? Role::kShopper : Role::kSystem;
    message.text = text;
  }
  return message;
}

Transcript transcript_of(const json& line) {
  Transcript transcript;
  transcript.id = string_at(line, "id");
  int turn = 0;
  for (const json& message : line.at("messages")) transcript.messages.push_back(message_of(message, turn));
  return transcript;
}

}  // namespace

Result<TranscriptReader> TranscriptReader::open(const std::string& path) {
  auto file = std::make_shared<File>();
  file->path = path;
  file->handle = gzopen(path.c_str(), "rb");
  if (!file->handle) return fail(ErrorKind::kIo, "cannot read " + path);
  return TranscriptReader(std::move(file));
}

Result<std::optional<Transcript>> TranscriptReader::next() {
  std::string line;
  while (file_->read_line(line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      return std::optional<Transcript>(transcript_of(json::parse(line)));
    } catch (const json::exception& error) {
      return fail(ErrorKind::kMalformed, file_->path + ":" + std::to_string(file_->line) + ": not a recorded conversation", error.what());
    }
  }
  return std::optional<Transcript>();
}

}  // namespace floorwalker::cli
