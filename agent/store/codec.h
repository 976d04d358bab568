#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/event.h"
#include "agent/core/result.h"
#include "agent/core/turn.h"

// The JSON forms in which the journal keeps what happened. They read back equal, byte for byte; unknown keys are skipped, so that an older
// program reads what a newer one wrote. Readers fail with kMalformed.
namespace floorwalker::store {

std::string encode(const std::vector<Event>& events);
Result<std::vector<Event>> decode_events(std::string_view json);

std::string encode(const std::vector<Message>& messages);
Result<std::vector<Message>> decode_messages(std::string_view json);

std::string encode(const Memory& memory);
Result<Memory> decode_memory(std::string_view json);

std::string encode(const ToolCall& call);
Result<ToolCall> decode_call(std::string_view json);

std::string encode(const Reply& reply);
Result<Reply> decode_reply(std::string_view json);

}  // namespace floorwalker::store
