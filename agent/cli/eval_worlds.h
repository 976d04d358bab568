#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "adapters/http/tape.h"
#include "agent/cli/command.h"
#include "agent/cli/composition.h"
#include "evals/harness.h"

namespace floorwalker::cli {

// What becomes of the talk with shops behind adapters: nothing, it is recorded, or it is a recording and no shop is there.
enum class ShopTraffic { kLive, kRecorded, kPlayed };

// Opens what cases are played in: each with its own state folder, its shop (imported, or its catalogue copied, once for all), and the playbook
// and model that it asks for. Must outlive the worlds. Safe for every thread.
class EvalWorlds {
 public:
  // `wraps` goes around the parts of every world: how tests plant regressions.
  explicit EvalWorlds(Settings common, Composition::Wraps wraps = {});
  ~EvalWorlds();
  EvalWorlds(const EvalWorlds&) = delete;
  EvalWorlds& operator=(const EvalWorlds&) = delete;

  // Every play of a case has a track of its own in the recording. Before the first world is opened.
  void use(ShopTraffic traffic, std::shared_ptr<http::ShopRecording> recording);

  // `loader`, if there is one, reads the case's playbook; `repeat`, from 0, is which play of the case it is.
  Result<std::shared_ptr<evals::World>> open(const evals::Suite& suite, const evals::Case& one, int repeat = 0, const PlaybookLoader& loader = {});

 private:
  class Shops;

  Result<std::shared_ptr<http::Tape>> tape_of(const std::string& track);   // null while shops are live
  Result<std::filesystem::path> copy_of(const Settings& settings, const PlaybookLoader& loader);

  Settings common_;
  Composition::Wraps wraps_;
  std::unique_ptr<Shops> shops_;
  ShopTraffic traffic_ = ShopTraffic::kLive;
  std::shared_ptr<http::ShopRecording> recording_;
  std::mutex mutex_;              // guards tracks_
  std::set<std::string> tracks_;  // in use
};

}  // namespace floorwalker::cli
