#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/http/mirror.h"
#include "agent/cli/command.h"
#include "agent/core/gate.h"
#include "agent/core/journal.h"
#include "agent/core/model.h"
#include "agent/core/planner.h"
#include "agent/core/playbook/loader.h"
#include "agent/core/tool.h"
#include "agent/core/vocabulary.h"
#include "agent/models/cassette.h"
#include "agent/runner/runner.h"
#include "tools/ports/carts.h"
#include "tools/ports/catalogue.h"
#include "tools/ports/search.h"
#include "tools/ports/service.h"

namespace floorwalker::cli {

// Reads the playbook of that name.
using PlaybookLoader = std::function<LoadedPlaybook(const std::string& name)>;

// The composition root: the one place that knows which shop, model, playbook and store are in use. Opens them as `settings` say and owns
// them. Parts are opened when first asked for, so that a command pays only for what it uses; each getter fails with a message for the
// user. Getters are for one thread; what they return is safe for every thread and lives as long as the composition.
class Composition {
 public:
  // `progress` is told, for a person, about what takes long (building the demo shop, indexing): "indexing 12,000 products".
  static Result<std::unique_ptr<Composition>> create(Settings settings, std::function<void(const std::string&)> progress = {});

  ~Composition();
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;

  // The ports of the shop that is in use.
  struct Ports {
    ports::Catalogue& catalogue;
    ports::Carts& carts;
    ports::Policies& policies;
    ports::Orders& orders;
    ports::HandOffDesk& desk;
  };

  Result<Ports> shop();

  // Brings the copy of a remote shop's catalogue up to date; kInvalidArgument for an embedded shop.
  Result<http::SyncReport> sync(const std::function<void(const http::SyncProgress&)>& told, const http::SyncOptions& options = {});

  Result<std::reference_wrapper<ports::Search>> search();
  Result<std::reference_wrapper<const Vocabulary>> vocabulary();
  Result<std::reference_wrapper<const Playbook>> playbook();   // loaded and checked against the shop
  Result<std::reference_wrapper<ToolBox>> tools();
  Result<std::vector<Model*>> models();                        // the fallback chain: the guided model is its end
  Result<std::reference_wrapper<Journal>> journal();
  Result<std::reference_wrapper<runner::Runner>> runner();

  // Takes up a playbook file, or one that it extends, that was changed since runner() was called: its guardrails, limits and plays hold for turns that begin from now on. One
  // with mistakes is reported in the log, and the one before stays. True if another is in use now.
  bool refresh();

  // Things of the caller's around the parts, for planting faults and for recording; each may be empty.
  struct Wraps {
    std::function<std::shared_ptr<ToolBox>(ToolBox&)> tools;
    std::shared_ptr<ToolBox> desk;                             // somebody else's tools, instead of the shop's
    std::function<std::shared_ptr<Model>(Model&)> model;       // around each model of the chain
    std::function<GateMaker(GateMaker)> gate;
    std::function<void(PlannerRules&)> rules;
    std::shared_ptr<const Clock> clock;                        // instead of the system's
    PlaybookLoader playbook;                                   // instead of the named playbook's file
    std::shared_ptr<models::Cassette> cassette;                // where what model servers are asked and answer is kept
    std::shared_ptr<http::Tape> tape;                          // through which a remote shop is asked
  };

  // Before any of the getters is first called.
  void wrap(Wraps wraps) { wraps_ = std::move(wraps); }

  const std::filesystem::path& state() const;                  // exists
  const Settings& settings() const;

 private:
  struct Parts;
  explicit Composition(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
  Wraps wraps_;
};

}  // namespace floorwalker::cli
