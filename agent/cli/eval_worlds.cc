#include "agent/cli/eval_worlds.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "agent/cli/adapters.h"
#include "agent/cli/explanation.h"
#include "agent/models/foreseen.h"
#include "evals/faulty_tools.h"
#include "evals/recorded_desk.h"

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

  // The database of a suite's shop: "" for the demo shop, an empty one for a desk.
  Result<std::string> database(const evals::Suite& suite, const std::string& shop) {
    if (shop == "demo") return std::string();
    const std::lock_guard lock(mutex_);
    if (!suite.desk.empty()) return empty_shop();
    const fs::path source = fs::path(suite.file).parent_path() / shop;
    const fs::path database = folder_ / (source.stem().string() + ".db");
    const bool adapter = source.extension() == ".yaml" || source.extension() == ".yml";
    if (source.extension() == ".db" || adapter) return source.string();   // a shop's own file, or the way to a remote one
    if (imported_.count(database.string())) return database.string();
    if (auto done = import(source, database); !done) return fail(done.error());
    imported_.insert(database.string());
    return database.string();
  }

  // The tools of a suite's desk, read once for all its cases.
  Result<std::shared_ptr<ToolBox>> desk(const evals::Suite& suite) {
    const fs::path file = fs::path(suite.file).parent_path() / suite.desk;
    const std::lock_guard lock(mutex_);
    if (const auto known = desks_.find(file); known != desks_.end()) return known->second;
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorKind::kIo, "The desk " + file.string() + " cannot be read.");
    evals::RecordedDesk::Loaded loaded = evals::RecordedDesk::load(std::string(std::istreambuf_iterator<char>(in), {}), file.string());
    if (!loaded.findings.empty()) return fail(ErrorKind::kInvalidArgument, evals::located(loaded.findings.front()));
    return desks_[file] = std::move(loaded.desk);
  }

  // The folder with the copy of a remote shop's catalogue. `copy` makes it, once for all worlds, in a folder that is new; a shop that cannot be
  // copied is not asked again.
  Result<fs::path> catalogue(const std::string& adapter, const std::function<Result<void>(const fs::path&)>& copy) {
    const std::lock_guard lock(copying_);
    const auto known = catalogues_.find(adapter);
    if (known != catalogues_.end()) return known->second;
    const fs::path folder = fresh("catalogue");
    const auto copied = copy(folder);
    return catalogues_.emplace(adapter, copied ? Result<fs::path>(folder) : Result<fs::path>(fail(copied.error()))).first->second;
  }

  // Puts the copy of a catalogue into a world's folder.
  static void bring_catalogue(const fs::path& from, const fs::path& to) {
    std::error_code ignored;   // what is missing is made anew
    for (const auto& file : fs::directory_iterator(from, ignored)) {
      if (file.path().filename().string().starts_with("catalogue-")) fs::copy_file(file.path(), to / file.path().filename(), ignored);
    }
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
  Result<std::string> empty_shop() {
    const fs::path database = folder_ / "empty.db";
    if (fs::exists(database)) return database.string();
    const auto shop = embedded::Shop::create(database);
    return shop ? Result<std::string>(database.string()) : fail(shop.error());
  }

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
  std::map<fs::path, std::shared_ptr<ToolBox>> desks_;
  bool demo_kept_ = false;
  std::mutex copying_;  // guards catalogues_; held while one is copied
  std::map<std::string, Result<fs::path>> catalogues_;   // by adapter
};

namespace {

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) return fail(ErrorKind::kIo, file.string() + " cannot be written.");
  return {};
}

// The system's time, and what went by in a case without anybody waiting.
class CaseClock final : public Clock {
 public:
  Time now() const override { return system_.now() + std::chrono::milliseconds(passed_); }
  std::chrono::steady_clock::time_point steady() const override { return system_.steady() + std::chrono::milliseconds(passed_); }
  void pass(std::chrono::milliseconds time) { passed_ += time.count(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> passed_{0};   // milliseconds
};

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
    around.clock = world->clock_;
    around.tools = [&world, &faults, &wraps](ToolBox& tools) -> std::shared_ptr<ToolBox> {
      const auto pass = [clock = world->clock_](std::chrono::milliseconds time) { clock->pass(time); };
      world->faulty_ = std::make_shared<evals::FaultyTools>(tools, faults, pass);
      return wraps.tools ? wraps.tools(*world->faulty_) : world->faulty_;
    };
    world->tape_ = wraps.tape;
    world->composition_->wrap(std::move(around));
    auto ports = world->composition_->shop();
    if (!ports) return fail(ports.error());
    world->ports_.emplace(*ports);
    auto runner = world->composition_->runner();
    if (!runner) return fail(runner.error());
    world->runner_ = &runner->get();
    world->names_ = names_in(*world->composition_);
    if (const auto playbook = world->composition_->playbook()) world->content_ = playbook->get().hash;
    return std::shared_ptr<evals::World>(std::move(world));
  }

  runner::Runner& runner() override { return *runner_; }
  ports::Catalogue& catalogue() override { return ports_->catalogue; }
  ports::Carts& carts() override { return ports_->carts; }
  void pass(std::chrono::milliseconds time) override { clock_->pass(time); }
  evals::WorldNames names() override { return names_; }
  std::string content() override { return content_; }

  std::vector<evals::RuleDecision> rules_of(const Conversation& conversation, int turn) override {
    const std::shared_ptr<const Explainer> explainer = explainer_of_playbook();
    std::vector<evals::RuleDecision> decided;
    const auto journal = composition_->journal();
    const auto events = journal ? journal->get().events(conversation.session) : Result<std::vector<TurnEvent>>(std::vector<TurnEvent>());
    if (!explainer || !events) return decided;
    for (const Explained& one : explainer->explain(conversation.messages, *events, conversation.memory.shown)) {
      if (one.turn != turn) continue;
      for (const Considered& rule : one.considered) {
        if (rule.came == Considered::Came::kActed) decided.push_back({rule.rule, one.decision, one.subject, rule.why});
        if (rule.came == Considered::Came::kCouldNotRun) decided.push_back({rule.rule, evals::kCouldNotRun, one.subject, rule.why});
      }
    }
    return decided;
  }

  std::string leftovers() override {
    std::string out = faulty_ ? faulty_->unmet() : "";
    const auto complain_of = [&](const std::vector<std::string>& complaints) {
      for (const std::string& complaint : complaints) out += (out.empty() ? "" : "; ") + complaint;
    };
    const auto chain = composition_->models();
    if (!chain) return chain.error().message;
    if (tape_) complain_of(tape_->complaints());
    for (const Model* model : *chain) {
      if (const auto* foreseen = dynamic_cast<const models::Foreseen*>(model)) complain_of(foreseen->complaints());
    }
    return out;
  }

 private:
  static evals::WorldNames names_in(Composition& composition) {
    evals::WorldNames names;
    if (const auto playbook = composition.playbook()) names.rules = rule_names(playbook->get());
    if (const auto tools = composition.tools()) {
      names.tools.emplace();
      for (const ToolSpec& spec : tools->get().specs()) names.tools->push_back(spec.name);
    }
    return names;
  }

  // Made when first asked for; nothing where the playbook cannot be explained.
  std::shared_ptr<const Explainer> explainer_of_playbook() {
    const std::lock_guard lock(mutex_);
    if (explainer_) return explainer_;
    const auto playbook = composition_->playbook();
    if (!playbook) return nullptr;
    auto made = Explainer::create(std::shared_ptr<const Playbook>(std::shared_ptr<const Playbook>(), &playbook->get()), own_writes());
    if (made) explainer_ = std::make_shared<const Explainer>(std::move(*made));
    return explainer_;
  }

  std::mutex mutex_;  // guards explainer_
  std::shared_ptr<const Explainer> explainer_;
  const std::shared_ptr<CaseClock> clock_ = std::make_shared<CaseClock>();
  std::unique_ptr<Composition> composition_;
  std::optional<Composition::Ports> ports_;
  evals::WorldNames names_;
  std::string content_;
  std::shared_ptr<evals::FaultyTools> faulty_;
  std::shared_ptr<http::Tape> tape_;   // may be null
  runner::Runner* runner_ = nullptr;
};

}  // namespace

EvalWorlds::EvalWorlds(Settings common, Composition::Wraps wraps) : common_(std::move(common)), wraps_(std::move(wraps)), shops_(std::make_unique<Shops>()) {}
EvalWorlds::~EvalWorlds() = default;

void EvalWorlds::use(ShopTraffic traffic, std::shared_ptr<http::ShopRecording> recording) {
  traffic_ = traffic;
  recording_ = std::move(recording);
}

Result<std::shared_ptr<http::Tape>> EvalWorlds::tape_of(const std::string& track) {
  if (traffic_ == ShopTraffic::kLive) return std::shared_ptr<http::Tape>();
  {
    const std::lock_guard lock(mutex_);
    if (!tracks_.insert(track).second) return fail(ErrorKind::kInvalidArgument, "two are called " + track + ": a recording needs different names of suites and adapters");
  }
  if (traffic_ == ShopTraffic::kRecorded) return recording_->recorder(track);
  return recording_->player(track);
}

// The copy of a remote shop's catalogue, made through a tape of its own; "" where the shop is used live.
Result<fs::path> EvalWorlds::copy_of(const Settings& settings, const PlaybookLoader& loader) {
  const auto adapter = load_adapter_file(settings.shop);
  if (!adapter) return fail(adapter.error());
  if (adapter->live) return fs::path();
  return shops_->catalogue(settings.shop, [&](const fs::path& folder) -> Result<void> {
    auto tape = tape_of("catalogue of " + fs::path(settings.shop).filename().string());
    if (!tape) return fail(tape.error());
    Settings copying = settings;
    copying.state = folder.string();
    auto composition = Composition::create(std::move(copying));
    if (!composition) return fail(composition.error());
    Composition::Wraps wraps;
    wraps.playbook = loader;
    wraps.tape = std::move(*tape);
    (*composition)->wrap(std::move(wraps));
    const auto found = (*composition)->search();
    return found ? Result<void>() : Result<void>(fail(found.error()));
  });
}

Result<std::shared_ptr<evals::World>> EvalWorlds::open(const evals::Suite& suite, const evals::Case& one, int repeat, const PlaybookLoader& loader) {
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
  Composition::Wraps wraps = wraps_;
  if (loader) wraps.playbook = loader;
  if (!suite.desk.empty()) {
    auto desk = shops.desk(suite);
    if (!desk) return fail(desk.error());
    wraps.desk = std::move(*desk);
  }
  fs::path catalogue;
  if (evals::has_remote_shop(suite, one)) {
    auto copied = copy_of(settings, wraps.playbook);
    if (!copied) return fail(copied.error());
    auto tape = tape_of(suite.name + "/" + one.id + (repeat > 0 ? "#" + std::to_string(repeat + 1) : ""));
    if (!tape) return fail(tape.error());
    catalogue = std::move(*copied);
    wraps.tape = std::move(*tape);
  }
  if (!one.script.empty()) {
    const fs::path script = shops.fresh("script").string() + ".yaml";
    if (auto written = write_file(script, one.script); !written) return fail(written.error());
    settings.model = "scripted:" + script.string();
  }
  const bool demo = settings.shop.empty();
  fs::path state;
  auto world = ComposedWorld::open(std::move(settings), one.faults, wraps, [&](const fs::path& folder) {
    state = folder;
    if (demo) shops.bring_demo(folder);
    if (!catalogue.empty()) Shops::bring_catalogue(catalogue, folder);
  });
  if (world && demo) shops.keep_demo(state);
  return world;
}

}  // namespace floorwalker::cli
