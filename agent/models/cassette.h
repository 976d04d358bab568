#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/core/model.h"
#include "agent/models/foreseen.h"

namespace floorwalker::models {

// The content of a request, as digests: what a recording is found by, and what tells how another request differs from it. Ids of calls,
// sessions and carts, times and provider fields are left out of it, since they differ from run to run.
struct RequestContent {
  std::string told;                      // prompts: what the model is told besides the conversation
  std::string tools;                     // names, descriptions and schemas
  std::vector<std::string> messages;

  // `told`: the texts of the system prompt and the note, in any form that changes when they do.
  static RequestContent of(const ModelRequest& request, const std::string& told);

  std::string key() const;               // 64 hexadecimal digits
  bool operator==(const RequestContent&) const = default;
};

// What models were asked and answered, kept in a file: one JSON object on each line, in the order of recording. It holds the replies, and
// of the requests only digests and the shopper's last words; personal data is replaced by placeholders in both. A request has one reply:
// the first that was recorded. Safe for every thread.
class Cassette {
 public:
  struct Recording {
    std::string model;
    RequestContent content;
    std::string said;                    // the shopper's last words, for a reader of the file
    std::vector<ModelEvent> reply;       // text and calls as they came, then ModelFinished
  };

  // To be replayed. kIo if the file cannot be read; kMalformed, with file and line, if a line is no recording.
  static Result<std::shared_ptr<Cassette>> load(const std::filesystem::path& file);

  // To be added to; made if it does not exist.
  static Result<std::shared_ptr<Cassette>> open(const std::filesystem::path& file);

  // Null if the request was never recorded. Recordings are never changed: the pointer stays good.
  const Recording* find(const std::string& model, const RequestContent& content) const;

  // Keeps a reply, redacted, and writes it to the file at once. kIo if that fails. Nothing happens if the request has a reply already.
  Result<void> add(Recording recording);

  // What the replies that were told again would have cost, in millionths of the configured currency.
  std::int64_t saved_micros() const { return saved_micros_; }
  void count_saved(const Recording& told_again);

  // In what the request differs from the recording that is most like it, in words: "message 3 (a result) differs".
  std::string difference(const std::string& model, const RequestContent& content) const;

  // The names of the recorded models, in the order in which they were first heard: that of the chain.
  std::vector<std::string> models() const;

  const std::filesystem::path& file() const { return file_; }

 private:
  explicit Cassette(std::filesystem::path file) : file_(std::move(file)) {}
  Result<void> read();

  std::filesystem::path file_;
  std::atomic<std::int64_t> saved_micros_ = 0;
  mutable std::mutex mutex_;             // guards what follows
  std::vector<std::unique_ptr<Recording>> recordings_;
  std::map<std::string, const Recording*> by_key_;   // model, line feed, key
  std::ofstream out_;
};

// What the model is told besides a conversation; may be empty.
using Told = std::function<std::string(const Conversation&)>;

// Asks `model` what the cassette has no reply for, and keeps the reply. What failed or was stopped is not kept. `model` must outlive it.
class RecordingModel final : public Model {
 public:
  RecordingModel(Model& model, Told told, std::shared_ptr<Cassette> cassette);

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override;
  std::string name() const override { return model_.name(); }

 private:
  Model& model_;
  Told told_;
  std::shared_ptr<Cassette> cassette_;
};

// Answers from a cassette, without any server. A request that was not recorded fails (kInternal) and is complained of.
class RecordedModel final : public Model, public Foreseen {
 public:
  RecordedModel(std::string name, Told told, std::shared_ptr<Cassette> cassette);

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override;
  std::string name() const override { return name_; }
  std::vector<std::string> complaints() const override;

 private:
  std::string name_;
  Told told_;
  std::shared_ptr<Cassette> cassette_;
  mutable std::mutex mutex_;             // guards what follows
  std::vector<std::string> unforeseen_;
};

}  // namespace floorwalker::models
