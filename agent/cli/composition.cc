#include "agent/cli/composition.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/embedded/demo_shop.h"
#include "adapters/embedded/shop.h"
#include "agent/cli/adapters.h"
#include "agent/cli/model_settings.h"
#include "agent/cli/playbook_files.h"
#include "agent/cli/shop_in_use.h"
#include "agent/core/gate.h"
#include "agent/core/guardrails/output_guard.h"
#include "agent/core/playbook/live.h"
#include "agent/core/verify/lexicon.h"
#include "agent/core/verify/verifier.h"
#include "agent/models/cassette.h"
#include "agent/models/guided/guided_model.h"
#include "agent/models/openai/openai_model.h"
#include "agent/models/openai/prompts.h"
#include "agent/models/scripted.h"
#include "agent/net/curl_transport.h"
#include "agent/resources/resources.h"
#include "agent/store/sqlite_journal.h"
#include "tools/compatibility/engine.h"
#include "tools/registry.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/index.h"
#include "tools/search/indexed_search.h"
#include "tools/search/live_search.h"
#include "tools/shop.h"

namespace floorwalker::cli {
namespace {

// Idle sessions that stay in memory: each takes about 0.6 MB with what its tools said, and is read from the journal in milliseconds.
constexpr std::size_t kSessionsKept = 96;

namespace fs = std::filesystem;

// Compositions are made side by side: spdlog's default logger may be exchanged by one thread only, before others use it.
void set_up_logging(const std::string& level) {
  static std::once_flag once;
  std::call_once(once, [] {
    spdlog::set_default_logger(spdlog::stderr_color_mt("floorwalker"));
    spdlog::set_pattern("%^%l%$ %v");
  });
  spdlog::set_level(level.empty() ? spdlog::level::err : spdlog::level::from_str(level));
}

// Where programs keep a user's data (XDG Base Directory Specification 0.8).
fs::path user_data_folder() {
  if (const char* data = getenv("XDG_DATA_HOME"); data && *data) return fs::path(data) / "floorwalker";
  if (const char* home = getenv("HOME"); home && *home) return fs::path(home) / ".local" / "share" / "floorwalker";
  return fs::temp_directory_path() / "floorwalker";
}

Result<fs::path> make_state_folder(const Settings& settings) {
  std::error_code error;
  if (settings.state.empty() && settings.fleeting) {
    std::string pattern = (fs::temp_directory_path() / "floorwalker-XXXXXX").string();
    if (!mkdtemp(pattern.data())) return fail(ErrorKind::kIo, "No temporary folder can be made in " + fs::temp_directory_path().string() + ".");
    return fs::path(pattern);
  }
  const fs::path folder = settings.state.empty() ? user_data_folder() : fs::path(settings.state);
  fs::create_directories(folder, error);
  if (error) return fail(ErrorKind::kIo, "The state folder " + folder.string() + " cannot be made: name another with --state.", error.message());
  return folder;
}

std::string first_errors(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    text += "\n  " + finding.at.file + ":" + std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + ": " + finding.path + ": " +
            finding.message + (finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")");
  }
  return text;
}

// The rules that the binary carries, and the merchant's own.
Result<compatibility::Engine> load_compatibility(const std::string& own_file) {
  std::vector<compatibility::Source> sources;
  for (const auto& rules : resources::under("tools/compatibility/")) sources.push_back({std::string(rules.path), rules.bytes});
  std::string own;
  if (!own_file.empty()) {
    std::ifstream in(own_file, std::ios::binary);
    if (!in) return fail(ErrorKind::kIo, "The compatibility rules " + own_file + " cannot be read.");
    own.assign(std::istreambuf_iterator<char>(in), {});
    sources.push_back({own_file, own});
  }
  return compatibility::Engine::load(sources);
}

std::vector<std::string> names_of_writes(const ToolBox& tools) {
  std::vector<std::string> names;
  for (const ToolSpec& spec : tools.specs()) {
    if (spec.effect == ToolEffect::kWrite) names.push_back(spec.name);
  }
  return names;
}

// When the file was written; the earliest time where there is none.
fs::file_time_type written(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  return error ? fs::file_time_type::min() : time;
}

Result<std::string_view> resource(std::string_view path) {
  if (const auto bytes = resources::find(path)) return *bytes;
  return fail(ErrorKind::kInternal, "This program was built without " + std::string(path) + ".");
}

// What is read from texts that the program carries is the same for every composition: it is read once for all that are open at a time (an
// evaluation opens one for each case with a script or faults), and goes with the last of them.
template <typename T>
class ReadOnce {
 public:
  template <typename Read>
  Result<std::shared_ptr<const T>> get(const Read& read) {
    const std::lock_guard lock(mutex_);
    if (auto known = known_.lock()) return known;
    Result<std::shared_ptr<const T>> fresh = read();
    if (fresh) known_ = *fresh;
    return fresh;
  }

 private:
  std::mutex mutex_;  // guards known_
  std::weak_ptr<const T> known_;
};

Result<std::shared_ptr<const compatibility::Engine>> shared_compatibility(const std::string& own_file) {
  static ReadOnce<compatibility::Engine> carried;
  const auto read = [&]() -> Result<std::shared_ptr<const compatibility::Engine>> {
    auto rules = load_compatibility(own_file);
    if (!rules) return fail(rules.error());
    return std::make_shared<const compatibility::Engine>(std::move(*rules));
  };
  return own_file.empty() ? carried.get(read) : read();
}

Result<std::shared_ptr<const guided::Speech>> shared_speech() {
  static ReadOnce<guided::Speech> carried;
  return carried.get([]() -> Result<std::shared_ptr<const guided::Speech>> {
    const auto words = resource("prompts/guided/lexicon.en.yaml");
    const auto replies = resource("prompts/guided/replies.en.yaml");
    if (!words || !replies) return fail((words ? replies : words).error());
    return guided::read_speech({*words, *replies});
  });
}

Result<std::shared_ptr<const verify::Lexicon>> shared_verifier_words() {
  static ReadOnce<verify::Lexicon> carried;
  return carried.get([]() -> Result<std::shared_ptr<const verify::Lexicon>> {
    const auto yaml = resource("prompts/verify/lexicon.en.yaml");
    if (!yaml) return fail(yaml.error());
    auto parsed = verify::Lexicon::parse(*yaml);
    if (!parsed) return fail(parsed.error());
    return std::make_shared<const verify::Lexicon>(std::move(*parsed));
  });
}

}  // namespace

struct Composition::Parts {
  Settings settings;
  std::function<void(const std::string&)> progress;
  fs::path state;

  std::unique_ptr<ShopInUse> shop;
  std::shared_ptr<const search::Index> index;
  std::shared_ptr<const Playbook> playbook;
  bool playbook_checked = false;
  std::unique_ptr<ports::Search> search;
  std::unique_ptr<search::CatalogueVocabulary> own_words;
  const Vocabulary* vocabulary = nullptr;          // own_words, or those that a shop searched live tells
  std::future<Result<std::shared_ptr<const compatibility::Engine>>> compatibility_rules;   // under way from when it is first sure to be needed
  std::unique_ptr<tools::Registry> tools;
  std::shared_ptr<ToolBox> wrapped;                // around the tools, if a caller asked for it
  std::vector<std::shared_ptr<Model>> wrapped_models;
  std::unique_ptr<net::CurlTransport> transport;   // before the models that use it
  std::unique_ptr<openai::Prompts> prompts;
  std::unique_ptr<Model> guided;
  std::vector<std::unique_ptr<Model>> servers;     // that are recorded
  std::vector<std::unique_ptr<Model>> models;      // that --model names, first to last
  std::shared_ptr<const verify::Lexicon> lexicon;
  std::unique_ptr<verify::Verifier> verifier;
  std::unique_ptr<store::SqliteJournal> journal;
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  PlannerRules base;                               // what no playbook says
  std::vector<std::string> tool_names;
  std::unique_ptr<LivePlaybook> live;              // nothing where the playbook is no file
  std::map<fs::path, fs::file_time_type> watched;  // the files that the playbook was read from, its parents as well, and when each was written
  std::unique_ptr<runner::Runner> runner;   // last: goes before what it works with

  ~Parts() {
    runner.reset();
    journal.reset();
    if (!settings.fleeting || !settings.state.empty()) return;
    shop.reset();
    std::error_code ignored;
    fs::remove_all(state, ignored);
  }

  Result<void> open_shop(const std::shared_ptr<http::Tape>& tape);
  Result<void> open_index();   // of the opened shop
  Result<void> search_live(http::RemoteCatalogue& shop);
  search::Freshness freshness() const;
  Result<void> load_playbook(const PlaybookLoader& loader);
  Result<void> make_gate();
  PlannerRules rules_by(const Playbook& book) const;
  Result<GateMaker> gate_by(const Playbook& book) const;
  void watch_playbook();
  void watch(const fs::path& file);
  LoadedPlaybook load_watched();
  Result<void> make_guided();
  Result<void> make_models(const std::string& name, const std::shared_ptr<models::Cassette>& cassette);
  Result<void> make_servers(const std::string& name, const std::shared_ptr<models::Cassette>& cassette);
  Result<void> make_recorded(const std::string& file);
  Result<void> make_prompts();
  void begin_compatibility();
  models::Told told();
};

Result<std::unique_ptr<Composition>> Composition::create(Settings given, std::function<void(const std::string&)> progress) {
  auto settings = with_config(std::move(given));
  if (!settings) return fail(settings.error());
  set_up_logging(settings->log_level);
  auto parts = std::make_unique<Parts>();
  parts->settings = std::move(*settings);
  parts->progress = progress ? std::move(progress) : [](const std::string&) {};
  auto state = make_state_folder(parts->settings);
  if (!state) return fail(state.error());
  parts->state = std::move(*state);
  return std::unique_ptr<Composition>(new Composition(std::move(parts)));
}

Composition::Composition(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Composition::~Composition() = default;

const fs::path& Composition::state() const { return parts_->state; }
const Settings& Composition::settings() const { return parts_->settings; }

// ---- the shop and what is known of it

Result<void> Composition::Parts::open_shop(const std::shared_ptr<http::Tape>& tape) {
  if (shop) return {};
  if (is_adapter(settings.shop)) {
    auto remote = ShopInUse::remote(settings.shop, state, progress, tape);
    if (!remote) return fail(remote.error());
    shop = std::move(*remote);
    return {};
  }
  Result<std::unique_ptr<embedded::Shop>> opened = fail(ErrorKind::kInternal, "");
  if (settings.shop.empty()) {
    std::vector<embedded::DemoFile> files;
    for (const resources::Resource& file : resources::under("adapters/embedded/demo/")) files.push_back({file.path, file.bytes});
    opened = embedded::open_demo_shop(state / "demo-shop.db", files);
  } else {
    opened = embedded::Shop::open(settings.shop);
  }
  if (!opened) return fail(opened.error());
  if (settings.fleeting && settings.state.empty()) (*opened)->sync_seldom();   // as the journal: an evaluation waits for no disk
  shop = ShopInUse::of(std::move(*opened));
  return {};
}

Result<void> Composition::Parts::open_index() {
  if (index) return {};
  if (auto found = shop->be_searchable(); !found) return found;
  fs::path file = shop->file();
  file += ".index";
  auto loaded = search::load_or_build_index(shop->catalogue(), file, [this](std::size_t products) {
    progress("indexing the catalogue: " + std::to_string(products) + " products");
  });
  if (!loaded) return fail(loaded.error());
  index = std::move(*loaded);
  return {};
}

Result<void> Composition::Parts::load_playbook(const PlaybookLoader& loader) {
  if (playbook) return {};
  const std::string own = settings.shop.empty() ? "adapters/embedded/demo/playbook.yaml" : "retail";
  const std::string& name = settings.playbook.empty() ? own : settings.playbook;
  LoadedPlaybook loaded = loader ? loader(name) : load_playbook_file(name, settings.environment);
  if (!loaded.ok()) return fail(ErrorKind::kInvalidArgument, "The playbook has mistakes:" + first_errors(loaded.findings));
  for (const Finding& finding : loaded.findings) spdlog::info("playbook: {}: {}", finding.path, finding.message);
  playbook = std::make_shared<const Playbook>(std::move(loaded.playbook));
  return {};
}

Result<Composition::Ports> Composition::shop() {
  if (auto opened = parts_->open_shop(wraps_.tape); !opened) return fail(opened.error());
  ShopInUse& shop = *parts_->shop;
  return Ports{shop.catalogue(), shop.carts(), shop.policies(), shop.orders(), shop.desk()};
}

Result<http::SyncReport> Composition::sync(const std::function<void(const http::SyncProgress&)>& told, const http::SyncOptions& options) {
  if (auto opened = parts_->open_shop(wraps_.tape); !opened) return fail(opened.error());
  return parts_->shop->sync(told, options);
}

Result<std::reference_wrapper<ports::Search>> Composition::search() {
  if (!parts_->search) {
    if (auto opened = parts_->open_shop(wraps_.tape); !opened) return fail(opened.error());
    if (auto loaded = parts_->load_playbook(wraps_.playbook); !loaded) return fail(loaded.error());
    if (http::RemoteCatalogue* live = parts_->shop->live()) {
      if (auto made = parts_->search_live(*live); !made) return fail(made.error());
      return std::ref<ports::Search>(*parts_->search);
    }
    if (auto opened = parts_->open_index(); !opened) return fail(opened.error());
    const Playbook& playbook = *parts_->playbook;
    parts_->search = std::make_unique<search::IndexedSearch>(parts_->shop->catalogue(), parts_->index,
                                                             search::SearchRules{playbook.vocabulary, playbook.ranking, parts_->freshness()});
  }
  return std::ref<ports::Search>(*parts_->search);
}

// Of a shop searched live nothing is known until it is read.
search::Freshness Composition::Parts::freshness() const {
  search::Freshness fresh{playbook->limits.facts_good_for, [this] { return clock->now(); }, {}};
  if (!shop->live()) fresh.indexed = [this] { return shop->prices_seen(index->catalogue_version(), clock->now()); };
  return fresh;
}

Result<void> Composition::Parts::search_live(http::RemoteCatalogue& remote) {
  const auto find = [&remote](const std::string& words, std::size_t most) -> Result<search::FoundLive> {
    auto found = remote.find(words, most);
    if (!found) return fail(found.error());
    return search::FoundLive{std::move(found->products), found->complete};
  };
  auto live_search = search::LiveSearch::open(remote, find, {playbook->vocabulary, playbook->ranking, freshness()});
  if (!live_search) return fail(live_search.error());
  vocabulary = &(*live_search)->vocabulary();
  search = std::move(*live_search);
  return {};
}

Result<std::reference_wrapper<const Vocabulary>> Composition::vocabulary() {
  if (!parts_->vocabulary) {
    if (const auto found = search(); !found) return fail(found.error());
  }
  if (!parts_->vocabulary) {
    parts_->own_words = std::make_unique<search::CatalogueVocabulary>(parts_->index, parts_->playbook->vocabulary);
    parts_->vocabulary = parts_->own_words.get();
  }
  return std::cref<Vocabulary>(*parts_->vocabulary);
}

Result<std::reference_wrapper<const Playbook>> Composition::playbook() {
  if (!parts_->playbook_checked) {
    const auto words = vocabulary();   // loads the playbook as well
    if (!words) return fail(words.error());
    const bool named_together = !parts_->settings.playbook.empty() && !parts_->settings.shop.empty() && !wraps_.desk;
    const std::vector<Finding> findings = check_names(*parts_->playbook, words->get(), named_together);
    if (const std::string errors = first_errors(findings); !errors.empty()) {
      return fail(ErrorKind::kInvalidArgument, "The playbook does not fit the shop:" + errors);
    }
    for (const Finding& finding : findings) spdlog::info("playbook: {}: {}", finding.path, finding.message);
    parts_->playbook_checked = true;
  }
  return std::cref(*parts_->playbook);
}

void Composition::Parts::begin_compatibility() {
  if (tools || compatibility_rules.valid()) return;
  compatibility_rules = std::async(std::launch::async, [file = settings.compatibility] { return shared_compatibility(file); });
}

Result<std::reference_wrapper<ToolBox>> Composition::tools() {
  if (!parts_->tools) {
    const auto found = search();
    if (!found) return fail(found.error());
    if (const auto checked = playbook(); !checked) return fail(checked.error());
    if (wraps_.desk) return std::ref(*wraps_.desk);
    parts_->begin_compatibility();
    auto rules = parts_->compatibility_rules.get();
    if (!rules) return fail(rules.error());
    ShopInUse& shop = *parts_->shop;
    const tools::Shop offered{&shop.catalogue(), &found->get(), &shop.carts(), &shop.policies(), &shop.orders(), &shop.desk()};
    const tools::Knowledge knowledge{parts_->playbook, std::move(*rules)};
    parts_->tools = std::make_unique<tools::Registry>(tools::shop_tools(offered, knowledge), [](std::string_view tool, const Error& error) {
      spdlog::info("tool {}: {} {}: {}", tool, to_string(error.kind), error.message, error.detail);
    });
  }
  return std::ref<ToolBox>(*parts_->tools);
}

// ---- the model

Result<void> Composition::Parts::make_guided() {
  if (guided) return {};
  auto speech = shared_speech();
  if (!speech) return fail(speech.error());
  guided = std::make_unique<guided::GuidedModel>(*vocabulary, *playbook, std::move(*speech));
  return {};
}

Result<void> Composition::Parts::make_prompts() {
  const auto system = resource("prompts/agent/system.en.md");
  const auto note = resource("prompts/agent/note.en.md");
  if (!system || !note) return fail((system ? note : system).error());
  auto shape = search->shape("");
  if (!shape && shape.error().kind == ErrorKind::kUnavailable) shape = ShopShape();   // a shop searched live does not tell it
  if (!shape) return fail(shape.error());
  auto told = openai::Prompts::create(*system, *note, *playbook, *shape);
  if (!told) return fail(told.error());
  prompts = std::make_unique<openai::Prompts>(std::move(*told));
  return {};
}

// What the prompts tell, for finding recordings again.
models::Told Composition::Parts::told() {
  return [this](const Conversation& conversation) { return prompts->system() + "\n" + prompts->note(conversation); };
}

// The models of a server, or of a file of servers. The guided model stands behind them.
Result<void> Composition::Parts::make_servers(const std::string& name, const std::shared_ptr<models::Cassette>& cassette) {
  auto chain = read_model_settings(name);
  if (!chain) return fail(chain.error());
  if (auto made = make_prompts(); !made) return made;
  transport = std::make_unique<net::CurlTransport>();
  for (openai::OpenAiConfig& config : chain->models) {
    openai::Telling telling{[this] { return prompts->system(); }, [this](const Conversation& conversation) { return prompts->note(conversation); }};
    auto server = std::make_unique<openai::OpenAiModel>(std::move(config), std::move(telling), *transport);
    if (!cassette) {
      models.push_back(std::move(server));
      continue;
    }
    servers.push_back(std::move(server));
    models.push_back(std::make_unique<models::RecordingModel>(*servers.back(), told(), cassette));
  }
  return make_guided();
}

// The models of a cassette, as they stood in the chain when it was recorded. The guided model stands behind them.
Result<void> Composition::Parts::make_recorded(const std::string& file) {
  auto cassette = models::Cassette::load(file);
  if (!cassette) return fail(cassette.error());
  const std::vector<std::string> names = (*cassette)->models();
  if (names.empty()) return fail(ErrorKind::kInvalidArgument, "The cassette " + file + " is empty: record it with --record-model and a model server.");
  if (auto made = make_prompts(); !made) return made;
  for (const std::string& one : names) models.push_back(std::make_unique<models::RecordedModel>(one, told(), *cassette));
  return make_guided();
}

Result<void> Composition::Parts::make_models(const std::string& name, const std::shared_ptr<models::Cassette>& cassette) {
  constexpr std::string_view kScripted = "scripted:", kRecorded = "recorded:";
  if (name.empty() || name == "guided") return make_guided();
  if (names_a_server(name)) return make_servers(name, cassette);
  if (name.starts_with(kRecorded)) return make_recorded(name.substr(kRecorded.size()));
  if (!name.starts_with(kScripted)) {
    return fail(ErrorKind::kInvalidArgument, "Unknown model \"" + name + "\": try guided, URL#NAME, a model file (.yaml), scripted:FILE or recorded:FILE.");
  }
  auto scripted = models::ScriptedModel::load(name.substr(kScripted.size()));
  if (!scripted) return fail(scripted.error());
  models.push_back(std::move(*scripted));
  return {};
}

Result<std::vector<Model*>> Composition::models() {
  if (const auto found = search(); !found) return fail(found.error());
  if (const auto checked = playbook(); !checked) return fail(checked.error());
  if (parts_->models.empty() && !parts_->guided) {
    if (auto made = parts_->make_models(parts_->settings.model, wraps_.cassette); !made) return fail(made.error());
  }
  std::vector<Model*> chain;
  for (const auto& model : parts_->models) chain.push_back(model.get());
  if (parts_->guided) chain.push_back(parts_->guided.get());
  return chain;
}

// ---- what runs turns

Result<std::reference_wrapper<Journal>> Composition::journal() {
  if (!parts_->journal) {
    const bool thrown_away = parts_->settings.fleeting && parts_->settings.state.empty();
    const auto durability = thrown_away ? store::Durability::kProcess : store::Durability::kPower;
    auto opened = store::SqliteJournal::open(parts_->state / "conversations.db", durability);
    if (!opened) return fail(opened.error());
    parts_->journal = std::move(*opened);
  }
  return std::ref<Journal>(*parts_->journal);
}

Result<void> Composition::Parts::make_gate() {
  if (verifier) return {};
  auto words = shared_verifier_words();
  if (!words) return fail(words.error());
  lexicon = std::move(*words);
  verifier = std::make_unique<verify::Verifier>(*lexicon);
  return {};
}

Result<std::reference_wrapper<runner::Runner>> Composition::runner() {
  if (parts_->runner) return std::ref(*parts_->runner);
  parts_->begin_compatibility();   // beside all that follows: it takes as long as most of it
  auto speakers = models();
  if (!speakers) return fail(speakers.error());
  const auto kept = journal();
  if (!kept) return fail(kept.error());
  if (auto made = parts_->make_gate(); !made) return fail(made.error());
  const auto box = tools();
  if (!box) return fail(box.error());

  parts_->base.writes = names_of_writes(box->get());
  parts_->base.identifiers = guardrails::Identifiers::kTold;
  parts_->base.rungs = speakers->size();
  for (const Model* speaker : *speakers) parts_->base.can_repair.push_back(speaker != parts_->guided.get());
  for (const ToolSpec& spec : box->get().specs()) parts_->tool_names.push_back(spec.name);
  auto make = parts_->gate_by(*parts_->playbook);
  if (!make) return fail(make.error());
  PlannerRules rules = parts_->rules_by(*parts_->playbook);
  if (wraps_.clock) parts_->clock = wraps_.clock;
  if (wraps_.tools) parts_->wrapped = wraps_.tools(box->get());
  for (Model*& speaker : *speakers) {
    if (!wraps_.model) break;
    parts_->wrapped_models.push_back(wraps_.model(*speaker));
    speaker = parts_->wrapped_models.back().get();
  }
  if (wraps_.rules) wraps_.rules(rules);
  if (wraps_.gate) *make = wraps_.gate(std::move(*make));
  ToolBox& used = parts_->wrapped ? *parts_->wrapped : box->get();
  runner::Services services{std::move(*speakers), used, kept->get(), *parts_->clock, std::move(*make)};
  runner::Options options;
  options.kept = kSessionsKept;
  options.locale = parts_->playbook->brand.locale;
  options.currency = parts_->shop->catalogue().currency();
  parts_->runner = std::make_unique<runner::Runner>(std::move(services), std::move(rules), options);
  parts_->watch_playbook();
  return std::ref(*parts_->runner);
}

// What a playbook says to the planner.
PlannerRules Composition::Parts::rules_by(const Playbook& book) const {
  PlannerRules rules = base;
  rules.playbook = book.name + (book.version.empty() ? "" : " " + book.version) + (book.environment.empty() ? "" : " (" + book.environment + ")") + " " + book.hash;
  rules.limits = book.limits;
  rules.guardrails = book.guardrails;
  rules.hesitation = book.hesitation;
  rules.browsed_option = book.browsed_option;
  if (book.desk.actions.empty()) return rules;
  if (auto actions = guardrails::ActionRules::compile(book)) rules.desk = std::move(*actions);   // one that loaded always compiles
  return rules;
}

Result<GateMaker> Composition::Parts::gate_by(const Playbook& book) const {
  const auto instructions = resource("prompts/agent/system.en.md");
  if (!instructions) return fail(instructions.error());
  const auto output = std::make_shared<const guardrails::OutputRules>(book.guardrails, tool_names, std::vector<std::string>{std::string(*instructions)});
  return GateMaker([words = lexicon.get(), proof = verifier.get(), output, good_for = book.limits.facts_good_for]() -> std::unique_ptr<Gate> {
    return std::make_unique<guardrails::GuardedGate>(std::make_unique<ProvingGate>(*words, *proof, good_for), output);
  });
}

// A playbook that is a file of the merchant's may change while the program runs.
void Composition::Parts::watch_playbook() {
  if (written(settings.playbook) == fs::file_time_type::min()) return;
  live = std::make_unique<LivePlaybook>([this] { return load_watched(); });
  live->reload();
}

void Composition::Parts::watch(const fs::path& file) { watched[file] = written(file); }

// Every file is watched from before it is read, so that no change of it is missed.
LoadedPlaybook Composition::Parts::load_watched() {
  watched.clear();
  watch(settings.playbook);
  LoadOptions options = playbook_files(settings.environment);
  options.open = [this, open = options.open](const std::string& name, const std::string& from) {
    const auto found = open(name, from);
    if (!found) return found;
    watch(found->path);
    return open(name, from);
  };
  return load_playbook_file(settings.playbook, options);
}

bool Composition::refresh() {
  if (!parts_->live || !parts_->runner) return false;
  if (std::all_of(parts_->watched.begin(), parts_->watched.end(), [](const auto& file) { return written(file.first) == file.second; })) return false;
  const LivePlaybook::Reloaded reloaded = parts_->live->reload();
  if (const std::string wrong = first_errors(reloaded.findings); !wrong.empty()) spdlog::error("the playbook has mistakes, so the one before stays in use:{}", wrong);
  if (!reloaded.changed) return false;
  const auto playbook = parts_->live->current();
  auto make = parts_->gate_by(*playbook);
  if (!make) return false;
  parts_->runner->use(parts_->rules_by(*playbook), std::move(*make));
  spdlog::info("playbook: {} {} is in use now", playbook->name, playbook->hash.substr(0, 12));
  return true;
}

}  // namespace floorwalker::cli
