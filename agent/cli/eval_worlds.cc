#include "agent/cli/eval_worlds.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "agent/models/foreseen.h"
#include "evals/faulty_tools.h"

namespace floorwalker::cli {

namespace fs = std::filesystem;

// What the worlds of a run share: a folder with the shops of the suites, each imported once.
class EvalWorlds::Shops {
 public:
  Shops() {
    std::string name = (fs::temp_directory_path() / "floorwalker-eval-XXXXXX").string();
    if (mkdtemp(name.data())) folder_ = name;
  }
  ~Shops() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Shops(const Shops&) = delete;
  Shops& operator=(const Shops&) = delete;

  const fs::path& folder() const { return folder_; }
  fs::path fresh(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return folder_ / (name + "-" + std::to_string(++made_));
  }

  // The database of a suite's shop: "" for the demo shop.
  Result<std::string> database(const evals::Suite& suite, const std::string& shop) {
    if (shop == "demo") return std::string();
    const std::lock_guard lock(mutex_);
    const fs::path source = fs::path(suite.file).parent_path() / shop;
    const fs::path database = folder_ / (source.stem().string() + ".db");
    if (source.extension() == ".db") return source.string();
    if (imported_.count(database.string())) return database.string();
    if (auto done = import(source, database); !done) return fail(done.error());
    imported_.insert(database.string());
    return database.string();
  }

  // Puts the demo shop into a world's folder, as the first world built it; nothing before there is one.
  void bring_demo(const fs::path& state) {
    const std::lock_guard lock(mutex_);
    if (demo_kept_) copy_demo(folder_, state);
  }

  // Keeps the demo shop of a world that nobody has used yet.
  void keep_demo(const fs::path& state) {
    const std::lock_guard lock(mutex_);
    if (!demo_kept_) demo_kept_ = copy_demo(state, folder_);
  }

 private:
  static bool copy_demo(const fs::path& from, const fs::path& to) {
    std::error_code error;
    for (const char* file : {"demo-shop.db", "demo-shop.db.index"}) {
      if (!error) fs::copy_file(from / file, to / file, error);
    }
    return !error;
  }

  static Result<void> import(const fs::path& source, const fs::path& database) {
    auto shop = embedded::Shop::create(database);
    if (!shop) return fail(shop.error());
    embedded::ImportRequest request;
    request.sources = {{source, {}}};
    request.map.name = "floorwalker";
    request.map.format = embedded::RowFormat::kNative;
    auto report = embedded::import_files(**shop, request);
    if (!report) return fail(report.error());
    if (report->problems.empty()) return {};
    return fail(ErrorKind::kInvalidArgument, embedded::format(report->problems.front()));
  }

  fs::path folder_;
  std::mutex mutex_;  // guards what follows
  int made_ = 0;
  std::set<std::string> imported_;
  bool demo_kept_ = false;
};

namespace {

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return fail(ErrorKind::kIo, file.string() + " cannot be written.");
  return {};
}

class ComposedWorld final : public evals::World {
 public:
  // `ready` is told the state folder, before anything is in it.
  static Result<std::shared_ptr<evals::World>> open(Settings settings, const std::vector<evals::Fault>& faults, const Composition::Wraps& wraps,
                                                    const std::function<void(const fs::path&)>& ready) {
    auto world = std::make_shared<ComposedWorld>();
    auto composition = Composition::create(std::move(settings));
    if (!composition) return fail(composition.error());
    world->composition_ = std::move(*composition);
    ready(world->composition_->state());
    Composition::Wraps around = wraps;
    around.tools = [&world, &faults, &wraps](ToolBox& tools) -> std::shared_ptr<ToolBox> {
      world->faulty_ = std::make_shared<evals::FaultyTools>(tools, faults);
      return wraps.tools ? wraps.tools(*world->faulty_) : world->faulty_;
    };
    world->composition_->wrap(std::move(around));
    auto ports = world->composition_->shop();
    if (!ports) return fail(ports.error());
    world->ports_.emplace(*ports);
    auto runner = world->composition_->runner();
    if (!runner) return fail(runner.error());
    world->runner_ = &runner->get();
    return std::shared_ptr<evals::World>(std::move(world));
  }

  runner::Runner& runner() override { return *runner_; }
  ports::Catalogue& catalogue() override { return ports_->catalogue; }
  ports::Carts& carts() override { return ports_->carts; }

  std::string leftovers() override {
    std::string out = faulty_ ? faulty_->unmet() : "";
    const auto chain = composition_->models();
    if (!chain) return chain.error().message;
    for (const Model* model : *chain) {
      const auto* foreseen = dynamic_cast<const models::Foreseen*>(model);
      if (!foreseen) continue;
      for (const std::string& complaint : foreseen->complaints()) out += (out.empty() ? "" : "; ") + complaint;
    }
    return out;
  }

 private:
  std::unique_ptr<Composition> composition_;
  std::optional<Composition::Ports> ports_;
  std::shared_ptr<evals::FaultyTools> faulty_;
  runner::Runner* runner_ = nullptr;
};

}  // namespace

EvalWorlds::EvalWorlds(Settings common, Composition::Wraps wraps) : common_(std::move(common)), wraps_(std::move(wraps)), shops_(std::make_unique<Shops>()) {}
EvalWorlds::~EvalWorlds() = default;

Result<std::shared_ptr<evals::World>> EvalWorlds::open(const evals::Suite& suite, const evals::Case& one, const PlaybookLoader& loader) {
  Settings settings = common_;
  Shops& shops = *shops_;
  auto shop = shops.database(suite, evals::shop_of(suite, one));
  if (!shop) return fail(shop.error());
  settings.shop = *shop;
  const std::string& playbook = evals::playbook_of(suite, one);
  if (!playbook.empty() && playbook != "own") {
    const fs::path beside = fs::path(suite.file).parent_path() / playbook;
    settings.playbook = fs::exists(beside) ? beside.string() : playbook;
  }
  settings.state.clear();
  settings.fleeting = true;   // a temporary folder, not synced to disk
  if (!one.script.empty()) {
    const fs::path script = shops.fresh("script").string() + ".yaml";
    if (auto written = write_file(script, one.script); !written) return fail(written.error());
    settings.model = "scripted:" + script.string();
  }
  Composition::Wraps wraps = wraps_;
  if (loader) wraps.playbook = loader;
  const bool demo = settings.shop.empty();
  fs::path state;
  auto world = ComposedWorld::open(std::move(settings), one.faults, wraps, [&](const fs::path& folder) {
    state = folder;
    if (demo) shops.bring_demo(folder);
  });
  if (world && demo) shops.keep_demo(state);
  return world;
}

}  // namespace floorwalker::cli
