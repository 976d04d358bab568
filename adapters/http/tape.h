#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/exchange.h"
#include "agent/core/result.h"
#include "agent/net/http.h"

// What a shop was asked and answered, kept in a file, so that it can be asked the same again without being there.
namespace floorwalker::http {

struct EngineOptions;

// What an engine is run with, besides its adapter file. Of secrets only the environment variables' names.
struct Circumstances {
  std::string url;
  std::map<std::string, std::string> settings;
  std::vector<std::string> secrets;
};

// A request as its engine knows it.
struct Question {
  net::Request request;
  bool writes = false;                 // it changes something: what is asked after it may be answered otherwise
  std::string key;                     // the idempotency key in it, which no two runs share; "" for none
  std::vector<std::string> headers;    // of the response, that the adapter reads
  std::vector<std::string> cookies;
  std::vector<std::string> secrets;    // that must not be kept
  std::function<std::vector<std::string>(const Response&)> tokens;   // what the response tells that must not be kept: a cart's secret key
};

// Stands between an engine and its shop. For one engine; safe for every thread.
class Tape {
 public:
  using Ask = std::function<Result<Response>(net::Request)>;

  virtual ~Tape() = default;

  // What the engine is to be run with, given what it would be run with otherwise.
  virtual EngineOptions prepared(EngineOptions options) = 0;
  // What it is run with.
  virtual void began(const Circumstances& circumstances) = 0;
  // The shop's response. `ask` asks the shop itself.
  virtual Result<Response> exchange(Question question, const Ask& ask) = 0;
  // What was asked though there was no answer to it; empty after a run that went as recorded.
  virtual std::vector<std::string> complaints() const { return {}; }
};

// A recording, in tracks: one for each case, so that cases may be played side by side and in any order. In the file there are the replies, and
// of the requests only digests, methods and paths. Headers of requests are not kept; secrets, and the tokens by which carts are known, are
// replaced in everything. Safe for every thread.
class ShopRecording : public std::enable_shared_from_this<ShopRecording> {
 public:
  struct Reply {
    int status = 0;                    // 0: there was none, but an error
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Error error{ErrorKind::kInternal, {}, {}};
  };
  struct Exchanged {
    std::size_t writes = 0;            // that were sent before
    std::string digest;                // of method, path, query and body
    std::string asked;                 // "POST /api/carts", for a reader of the file
    std::string reply;                 // its digest
  };
  struct Track {
    Circumstances circumstances;
    std::vector<Exchanged> exchanged;  // in the order of the answers
  };

  // To be played. kIo if the file cannot be read; kMalformed, with file and line, if a line is none of a recording.
  static Result<std::shared_ptr<ShopRecording>> load(const std::filesystem::path& file);

  // To be recorded: what the file holds already stays, but for tracks that are recorded anew.
  static Result<std::shared_ptr<ShopRecording>> open(const std::filesystem::path& file);

  // Asks the shop and keeps what it says in the track of that name, which begins anew.
  std::shared_ptr<Tape> recorder(const std::string& track);

  // Answers from that track, without any shop. kNotFound if there is none.
  Result<std::shared_ptr<Tape>> player(const std::string& track);

  // Writes the file: all of it, or it stays as it was. kIo if that fails.
  Result<void> save() const;

  const std::filesystem::path& file() const { return file_; }

 private:
  class Recorder;
  class Player;

  explicit ShopRecording(std::filesystem::path file) : file_(std::move(file)) {}
  Result<void> read();

  const std::filesystem::path file_;
  mutable std::mutex mutex_;           // guards what follows
  std::map<std::string, Track> tracks_;
  std::map<std::string, Reply> replies_;   // by digest: the same page of products is kept once
};

}  // namespace floorwalker::http
