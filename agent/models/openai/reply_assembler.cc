#include "agent/models/openai/reply_assembler.h"

#include <simdjson.h>

#include <algorithm>
#include <set>

#include "agent/core/json_writer.h"
#include "agent/models/openai/repair.h"

namespace floorwalker::openai {
namespace {

namespace dom = simdjson::ondemand;

// One parser and one padded buffer for each thread: chunks are small and many.
struct Scratch {
  dom::parser parser;
  std::string buffer;
};

Scratch& scratch() {
  thread_local Scratch mine;
  return mine;
}

std::string string_of(dom::value value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string raw_of(dom::value value) {
  std::string_view text;
  return simdjson::to_json_string(value).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

dom::json_type type_of(dom::value& value) {
  dom::json_type type = dom::json_type::null;
  return value.type().get(type) == simdjson::SUCCESS ? type : dom::json_type::null;
}

// Calls `use(key, value)` for each member of an object; stops silently at what is malformed.
template <typename Use>
void each_member(dom::value value, Use use) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return;
  for (auto field : object) {
    std::string_view key;
    dom::value member;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS || field.value().get(member) != simdjson::SUCCESS) return;
    use(key, member);
  }
}

template <typename Use>
void each_element(dom::value value, Use use) {
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return;
  for (auto element : array) {
    dom::value member;
    if (element.get(member) != simdjson::SUCCESS) return;
    use(member);
  }
}

constexpr std::string_view kThinkOpen = "<think>";
constexpr std::string_view kThinkClose = "</think>";

}  // namespace

// Walks one chunk and tells the assembler what it holds, each field once.
class ChunkReader {
 public:
  explicit ChunkReader(ReplyAssembler& to) : to_(to) {}

  void read(std::string_view json) {
    Scratch& mine = scratch();
    mine.buffer.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    mine.buffer.assign(json);
    dom::document document;
    const simdjson::padded_string_view padded(mine.buffer.data(), mine.buffer.size(), mine.buffer.capacity());
    if (mine.parser.iterate(padded).get(document) != simdjson::SUCCESS) return;
    dom::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return;
    for (auto field : object) {
      std::string_view key;
      dom::value value;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS || field.value().get(value) != simdjson::SUCCESS) return;
      if (key == "choices") {
        first_choice(value);
      } else if (key == "usage") {
        usage(value);
      } else if (key == "error") {
        error(value);
      }
    }
  }

 private:
  void first_choice(dom::value choices) {
    bool first = true;
    each_element(choices, [&](dom::value choice) {
      if (first) each_member(choice, [&](std::string_view key, dom::value value) { choice_field(key, value); });
      first = false;
    });
  }

  void choice_field(std::string_view key, dom::value value) {
    if (key == "delta" || key == "message") {
      each_member(value, [&](std::string_view name, dom::value field) { message_field(name, field); });
    } else if (key == "finish_reason" && type_of(value) == dom::json_type::string) {
      to_.finish_reason_ = string_of(value);
    }
  }

  void message_field(std::string_view name, dom::value field) {
    const dom::json_type type = type_of(field);
    if (name == "content") {
      if (type == dom::json_type::string) {
        to_.text(string_of(field));
      } else if (type == dom::json_type::array) {
        each_element(field, [&](dom::value part) {
          each_member(part, [&](std::string_view key, dom::value value) {
            if (key == "text") to_.text(string_of(value));
          });
        });
      }
    } else if ((name == "reasoning_content" || name == "reasoning") && type == dom::json_type::string) {
      to_.reasoning_field_ = name;
      to_.reasoning_ += string_of(field);
    } else if (name == "tool_calls" && type == dom::json_type::array) {
      each_element(field, [&](dom::value call) { tool_call(call); });
    }
  }

  void tool_call(dom::value call) {
    ReplyAssembler::Piece piece;
    each_member(call, [&](std::string_view key, dom::value value) {
      const dom::json_type type = type_of(value);
      if (key == "index" && type == dom::json_type::number) {
        std::int64_t index = 0;
        if (value.get_int64().get(index) == simdjson::SUCCESS) piece.index = index;
      } else if (key == "id" && type == dom::json_type::string) {
        piece.id = string_of(value);
      } else if (key == "extra_content" && type == dom::json_type::object) {
        piece.echo = "{\"extra_content\":" + raw_of(value) + "}";
      } else if (key == "function") {
        each_member(value, [&](std::string_view name, dom::value field) { function_field(piece, name, field); });
      }
    });
    to_.piece(std::move(piece));
  }

  static void function_field(ReplyAssembler::Piece& piece, std::string_view name, dom::value field) {
    const dom::json_type type = type_of(field);
    if (name == "name" && type == dom::json_type::string) piece.name = string_of(field);
    if (name != "arguments") return;
    if (type == dom::json_type::string) piece.arguments = string_of(field);
    if (type == dom::json_type::object) piece.arguments = raw_of(field);
  }

  void usage(dom::value value) {
    if (type_of(value) != dom::json_type::object) return;
    to_.usage_seen_ = true;
    each_member(value, [&](std::string_view key, dom::value count) {
      std::int64_t tokens = 0;
      if (type_of(count) != dom::json_type::number || count.get_int64().get(tokens) != simdjson::SUCCESS) return;
      if (key == "prompt_tokens") to_.usage_.input_tokens = tokens;
      if (key == "completion_tokens") to_.usage_.output_tokens = tokens;
    });
  }

  void error(dom::value value) {
    if (type_of(value) == dom::json_type::null) return;
    std::string message;
    if (type_of(value) == dom::json_type::string) message = string_of(value);
    each_member(value, [&](std::string_view key, dom::value field) {
      if (key == "message" && type_of(field) == dom::json_type::string) message = string_of(field);
    });
    to_.error_ = message.empty() ? "the server reported an error" : message;
  }

  ReplyAssembler& to_;
};

ReplyAssembler::ReplyAssembler(std::vector<std::string> tool_names, std::uint64_t seed, std::function<void(std::string)> on_text)
    : tool_names_(std::move(tool_names)), seed_(seed), on_text_(std::move(on_text)) {}

void ReplyAssembler::feed(std::string_view json) { ChunkReader(*this).read(json); }

// Reasoning that a server leaves in the text is kept from the shopper: "<think> ... </think>" at the start.
void ReplyAssembler::text(std::string_view content) {
  if (content.empty()) return;
  if (think_over_) return tell(content);
  held_ += content;
  if (!in_think_) {
    const std::size_t start = held_.find_first_not_of(" \n\t");
    if (start == std::string::npos) return;
    const std::string_view rest = std::string_view(held_).substr(start);
    if (rest.substr(0, kThinkOpen.size()) == kThinkOpen) {
      in_think_ = true;
    } else if (kThinkOpen.substr(0, rest.size()) == rest) {
      return;
    }
  }
  if (in_think_) {
    const std::size_t close = held_.find(kThinkClose);
    if (close == std::string::npos) return;
    reasoning_ += held_.substr(0, close);
    held_.erase(0, close + kThinkClose.size());
  }
  think_over_ = true;
  const std::string rest = std::move(held_);
  held_.clear();
  tell(rest);
}

void ReplyAssembler::tell(std::string_view content) {
  if (content.empty()) return;
  text_told_ = true;
  on_text_(std::string(content));
}

ReplyAssembler::Building* ReplyAssembler::target_of(const Piece& piece) {
  if (building_.empty()) return nullptr;
  const auto same_id = [&](Building& b) { return !piece.id.empty() && b.id == piece.id; };
  if (!piece.index) {
    const auto found = std::find_if(building_.begin(), building_.end(), same_id);
    if (found != building_.end() && piece.name.empty()) return &*found;
    return piece.id.empty() && piece.name.empty() ? &building_.back() : nullptr;
  }
  for (auto b = building_.rbegin(); b != building_.rend(); ++b) {
    if (b->index != piece.index) continue;
    if (piece.id.empty() || b->id.empty() || b->id == piece.id) {
      const bool next_call = piece.id.empty() && !piece.name.empty() && !b->name.empty() && repair_arguments(b->arguments) && !b->arguments.empty();
      return next_call ? nullptr : &*b;
    }
  }
  return nullptr;
}

void ReplyAssembler::piece(Piece piece) {
  Building* target = target_of(piece);
  if (!target) {
    building_.push_back({piece.index, std::move(piece.id), std::move(piece.name), std::move(piece.arguments), std::move(piece.echo)});
    return;
  }
  if (target->id.empty()) target->id = piece.id;
  if (!piece.echo.empty()) target->echo = piece.echo;
  // A name comes whole, repeated with every piece, or cut in two before the first argument.
  if (!piece.name.empty() && piece.name != target->name && target->arguments.empty()) target->name += piece.name;
  target->arguments += piece.arguments;
}

// Nine letters and digits: valid for every provider (the strictest asks for exactly that).
std::string ReplyAssembler::fresh_id() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string id = "c";
  for (int i = 0; i < 8; ++i) {
    seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
    id += kAlphabet[(seed_ >> 40) % kAlphabet.size()];
  }
  return id;
}

std::vector<ToolCall> ReplyAssembler::calls() {
  std::vector<ToolCall> out;
  std::set<std::string> used;
  const bool cut = finish_reason_ == "length";
  for (std::size_t i = 0; i < building_.size(); ++i) {
    Building& b = building_[i];
    if (b.name.empty() && b.arguments.empty()) continue;
    ToolCall call;
    call.name = intended_tool(b.name, tool_names_);
    if (call.name.empty()) call.name = b.name.empty() ? "unnamed" : b.name;
    while (b.id.empty() || !used.insert(b.id).second) b.id = fresh_id();
    call.id = CallId(b.id);
    call.echo = b.echo;
    if (auto arguments = repair_arguments(b.arguments)) {
      call.arguments = *arguments;
    } else {
      call.arguments = "{}";
      call.problem = cut ? "the call was cut off by the length limit; write it again, shorter" : "the arguments are not a JSON object";
    }
    out.push_back(std::move(call));
  }
  return out;
}

std::string ReplyAssembler::echo() const {
  if (reasoning_.empty() || reasoning_field_.empty()) return "";
  json::Writer writer;
  return writer.open('{').field(reasoning_field_, reasoning_).close('}').take();
}

}  // namespace floorwalker::openai
