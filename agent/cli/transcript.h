#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/message.h"
#include "agent/core/result.h"

namespace floorwalker::cli {

// A recorded conversation of any agent.
struct Transcript {
  std::string id;
  std::vector<Message> messages;   // one for each message of the recording, same indexes
};

// Reads recordings: one JSON object a line, {"id","messages":[chat-completions messages with tool calls and results]}, plain or gzip.
// Other fields are ignored. Not safe for several threads.
class TranscriptReader {
 public:
  // Fails with kIo if the file cannot be opened.
  static Result<TranscriptReader> open(const std::string& path);

  // The next recording; nothing at the end. Fails with kMalformed, naming file and line; reading may go on after that.
  Result<std::optional<Transcript>> next();

 private:
  struct File;
  explicit TranscriptReader(std::shared_ptr<File> file) : file_(std::move(file)) {}

  std::shared_ptr<File> file_;
};

}  // namespace floorwalker::cli
