#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "adapters/http/mirror.h"
#include "agent/core/answers_json.h"
#include "tests/support/fault_server.h"
#include "tests/support/paths.h"
#include "tests/support/rest_stack.h"

// `floorwalker catalogue sync`, killed at every kind of moment, and run again: it goes on after the last page that was kept, and the copy is the
// one that an undisturbed sync makes.
namespace floorwalker::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kProducts = 3000;
constexpr int kAll = kProducts + 3;    // the small shop has three of its own
constexpr int kPageSize = 100;
constexpr int kPages = (kAll + kPageSize - 1) / kPageSize;
constexpr rlim_t kNoLimit = RLIM_INFINITY;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The program, run by itself.
class Program {
 public:
  // `longest_file`: a write beyond so many bytes ends the process on the spot.
  Program(const std::vector<std::string>& arguments, fs::path out, rlim_t longest_file = kNoLimit) : out_(std::move(out)) {
    std::vector<std::string> words = {"floorwalker"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> given;
    for (std::string& word : words) given.push_back(word.data());
    given.push_back(nullptr);
    const std::string name = binary().string(), errors = out_.string() + ".err";
    const rlimit file{longest_file, longest_file}, core{0, 0};
    pid_ = fork();
    if (pid_ != 0) return;
    dup2(open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    dup2(open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &core);
    if (longest_file != kNoLimit) setrlimit(RLIMIT_FSIZE, &file);
    execv(name.c_str(), given.data());
    _exit(127);
  }

  // The signal that ended it.
  int killed() {
    kill(pid_, SIGKILL);
    return signal_that_ended();
  }
  int signal_that_ended() {
    const int status = wait();
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  int exit_status() {
    const int status = wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string said() const { return content(out_); }
  std::string complained() const { return content(out_.string() + ".err"); }

 private:
  int wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return status;
  }

  const fs::path out_;
  pid_t pid_ = 0;
};

// Everything in a copy, as text.
std::vector<std::string> copied(const fs::path& file) {
  std::vector<std::string> all;
  const auto mirror = std::move(*http::Mirror::open(file));
  EXPECT_TRUE(mirror->complete());
  EXPECT_TRUE(mirror->each([&](const Product& product) {
    all.push_back(to_json(ProductDetails{product, {}}));
    for (const Variant& variant : product.variants) {
      const auto owner = mirror->product_of(variant.id);
      EXPECT_TRUE(owner && *owner == product.id) << variant.id.str();
    }
    return true;
  }));
  return all;
}

class KilledSync : public testing::Test {
 protected:
  // What is done when a page is asked for; the page is answered when it returns.
  using At = std::function<void(int page)>;

  KilledSync() {
    for (int i = 0; i < kProducts; ++i) {
      const std::string id = "p-" + std::to_string(i);
      server_.add({id, "Product " + id, "Brand", "thing", "<p>Text &amp; more of " + id + "</p>", {{"weight", std::to_string(i) + " g"}},
                   {{id + "-a", {{"Size", "S"}}, 1000 + i, 0, 5}, {id + "-b", {{"Size", "L"}}, 2000 + i, 0, 7}}});
    }
    std::ofstream(folder_ / "shop.yaml") << "extends: example-rest\nadapter: counter\nurl: " << front_.url() << "\n";
    listen({});
  }

  void listen(At at) {
    front_.set_fault([this, at = std::move(at)](const std::string&, const std::string& target) {
      const std::size_t offset = target.find("offset=");
      if (offset == std::string::npos) return Fault::kNone;
      const int page = std::stoi(target.substr(offset + 7)) / kPageSize;
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(page);
      }
      if (at) at(page);
      return Fault::kNone;
    });
  }

  // The pages asked for since it was last called.
  std::vector<int> asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

  static std::vector<int> pages(int from, int to = kPages - 1) {
    std::vector<int> all;
    for (int page = from; page <= to; ++page) all.push_back(page);
    return all;
  }

  std::vector<std::string> command(std::vector<std::string> words, const std::string& state) const {
    for (const std::string& word : {std::string("--shop"), (folder_ / "shop.yaml").string(), std::string("--state"), (folder_ / state).string()}) words.push_back(word);
    return words;
  }
  Program start(std::vector<std::string> words, const std::string& state, rlim_t longest_file = kNoLimit) const {
    return Program(command(std::move(words), state), folder_ / (state + ".out"), longest_file);
  }
  Program sync(const std::string& state, rlim_t longest_file = kNoLimit) const { return start({"catalogue", "sync", "--json"}, state, longest_file); }

  // Syncs to the end, and says what the program reported.
  json sync_whole(const std::string& state, std::vector<std::string> words = {"catalogue", "sync", "--json"}) {
    listen({});
    Program program = start(std::move(words), state);
    EXPECT_EQ(program.exit_status(), 0) << program.complained();
    return json::parse(program.said(), nullptr, false);
  }

  // Kills the program with kill -9 while it waits for that page.
  void kill_at(int page, const std::string& state, std::vector<std::string> words = {"catalogue", "sync", "--json"}) {
    bool reached = false, gone = false;
    listen([&](int now) {
      if (now != page) return;
      std::unique_lock there(moment_);
      reached = true;
      turn_.notify_all();
      turn_.wait(there, [&] { return gone; });
    });
    Program program = start(std::move(words), state);
    std::unique_lock lock(moment_);
    turn_.wait(lock, [&] { return reached; });
    EXPECT_EQ(program.killed(), SIGKILL);
    gone = true;
    turn_.notify_all();
    lock.unlock();
    listen({});   // returns when the page was let go
  }

  fs::path copy(const std::string& state) const {
    for (const auto& file : fs::directory_iterator(folder_ / state)) {
      const std::string name = file.path().filename().string();
      if (name.starts_with("catalogue-") && name.ends_with(".db")) return file.path();
    }
    return {};
  }

  // The page that the copy wants next, by its own account.
  int next_page(const std::string& state) const {
    const SQLite::Database database(copy(state).string());
    SQLite::Statement query(database, "SELECT value FROM state WHERE name='next'");
    const std::string next = query.executeStep() ? query.getColumn(0).getString() : "";
    return next.empty() ? 0 : std::stoi(next) / kPageSize;
  }

  const std::vector<std::string>& undisturbed() {
    if (undisturbed_.empty()) {
      sync_whole("undisturbed");
      undisturbed_ = copied(copy("undisturbed"));
      EXPECT_EQ(undisturbed_.size(), static_cast<std::size_t>(kAll));
      EXPECT_EQ(asked(), pages(0));
    }
    return undisturbed_;
  }

  void expect_whole(const json& report, const std::string& state) {
    EXPECT_EQ(report.value("products", 0), kAll) << report;
    EXPECT_EQ(report.value("changed", 0), kAll) << report;
    EXPECT_EQ(report.value("removed", -1), 0) << report;
    EXPECT_TRUE(report.value("resumed", false)) << report;
    EXPECT_TRUE(copied(copy(state)) == undisturbed());
  }

  TemporaryFolder folder_;
  RestShop server_;
  FaultServer front_{server_};
  std::mutex moment_;
  std::condition_variable turn_;

 private:
  std::mutex mutex_;   // guards asked_
  std::vector<int> asked_;
  std::vector<std::string> undisturbed_;
};

TEST_F(KilledSync, GoesOnWithThePageItWaitedFor) {
  undisturbed();
  for (const int page : {0, 1, 15, kPages - 1}) {
    const std::string state = "waiting-" + std::to_string(page);
    kill_at(page, state);
    EXPECT_EQ(asked(), pages(0, page));
    const json report = sync_whole(state);
    EXPECT_EQ(asked(), pages(page));
    expect_whole(report, state);
  }
}

TEST_F(KilledSync, AsksAgainForAPageThatCameAndWasNotKept) {
  undisturbed();
  for (const int page : {0, 15, kPages - 1}) {
    const std::string state = "came-" + std::to_string(page);
    std::unique_ptr<SQLite::Database> held;   // the copy, so that the page cannot be kept
    std::atomic<std::size_t> told{0};         // answers that there are once the page has come
    listen([&](int now) {
      if (now != page || held) return;
      held = std::make_unique<SQLite::Database>(copy(state).string(), SQLite::OPEN_READWRITE);
      held->exec("BEGIN IMMEDIATE");
      told = front_.answered + 1;
      told.notify_all();
    });
    Program program = sync(state);
    told.wait(0);
    for (std::size_t now = front_.answered; now < told; now = front_.answered) front_.answered.wait(now);
    EXPECT_EQ(program.killed(), SIGKILL);
    held.reset();
    EXPECT_EQ(asked(), pages(0, page));
    EXPECT_EQ(next_page(state), page);
    const json report = sync_whole(state);
    EXPECT_EQ(asked(), pages(page));
    expect_whole(report, state);
  }
}

TEST_F(KilledSync, LosesNothingWhenItDiesInTheMidstOfAWrite) {
  undisturbed();
  for (const rlim_t bytes : {150'000u, 600'000u, 1'500'000u, 3'000'000u}) {
    const std::string state = "writing-" + std::to_string(bytes);
    Program program = sync(state, bytes);
    ASSERT_EQ(program.signal_that_ended(), SIGXFSZ) << program.complained();
    const int next = next_page(state);
    EXPECT_EQ(asked(), pages(0, next));   // that one came, and was being written
    const json report = sync_whole(state);
    EXPECT_EQ(asked(), pages(next));
    expect_whole(report, state);
  }
}

TEST_F(KilledSync, ComesToItsEndHoweverOftenItIsKilled) {
  undisturbed();
  for (int page = 4; page < kPages; page += 5) {
    kill_at(page, "often");
    EXPECT_EQ(asked(), pages(page == 4 ? 0 : page - 5, page));
  }
  const json report = sync_whole("often");
  EXPECT_EQ(asked().size(), static_cast<std::size_t>((kPages - 5) % 5 + 1));
  expect_whole(report, "often");
}

TEST_F(KilledSync, IsCountedOnceInALaterRoundToo) {
  sync_whole("later");
  asked();
  const std::vector<std::string> all = {"catalogue", "sync", "--json", "--all"};
  for (int i = 0; i < kProducts; i += 2) server_.set_price("p-" + std::to_string(i) + "-a", 99);
  for (const int page : {0, 15}) kill_at(page, "later", all);
  asked();
  const json report = sync_whole("later", all);
  EXPECT_EQ(asked(), pages(15));
  EXPECT_EQ(report.value("products", 0), kAll) << report;
  EXPECT_EQ(report.value("changed", 0), kProducts / 2) << report;
  EXPECT_TRUE(copied(copy("later")) == undisturbed());
}

TEST_F(KilledSync, IsMadeGoodBeforeAnythingIsFoundInTheCopy) {
  kill_at(15, "half");
  asked();
  Program found = start({"tools", "call", "search_catalogue", R"({"words": "thing", "sort": "price_descending", "limit": 1})", "--json"}, "half");
  ASSERT_EQ(found.exit_status(), 0) << found.complained();
  const json page = json::parse(found.said(), nullptr, false);
  EXPECT_EQ(page.value("total", 0), kProducts) << page;
  EXPECT_NE(found.said().find("\"p-2999\""), std::string::npos) << found.said();
  EXPECT_EQ(asked(), pages(15));
}

TEST_F(KilledSync, LeavesAHalfCopyThatNothingIsToldFrom) {
  kill_at(15, "half");
  front_.set_fault([](const std::string&, const std::string&) { return Fault::kResetBefore; });
  for (const std::vector<std::string>& words : {std::vector<std::string>{"tools", "call", "search_catalogue", R"({"words": "thing"})", "--json"},
                                                std::vector<std::string>{"catalogue", "search", "thing"}}) {
    Program found = start(words, "half");
    EXPECT_EQ(found.exit_status(), 1);
    EXPECT_EQ(found.said(), "");
    EXPECT_NE(found.complained(), "");
    EXPECT_EQ(found.complained().find("Product p-"), std::string::npos) << found.complained();
  }
}

// Between the last page and the end there is no moment at which a kill would have everything fetched anew.
TEST(Mirror, IsCompleteTogetherWithItsLastPage) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    RestStack stack;
    const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
    (void)mirror->sync(stack.shop->catalogue(), [](const http::SyncProgress& now) { if (now.total && static_cast<std::int64_t>(now.products) == *now.total) raise(SIGKILL); });
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  RestStack stack;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  EXPECT_TRUE(mirror->complete());
  const auto report = mirror->sync(stack.shop->catalogue());
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->resumed);
}

TEST(Mirror, BeginsAnewWhereTheShopDoesNotKnowThePlaceAnyMore) {
  http::Adapter adapter = shipped_adapter("example-rest");
  http::FailureRule expired;
  expired.status = {430};
  expired.says = "there is no such cursor";
  adapter.failures.insert(adapter.failures.begin(), expired);
  RestStack stack(std::move(adapter));
  for (int i = 0; i < 450; ++i) {
    const std::string id = "p-" + std::to_string(i);
    stack.server.add({id, "Product " + id, "Brand", "thing", "Text", {}, {{id + "-v", {}, 100 + i, 0, 5}}});
  }
  const TemporaryFolder folder;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  const auto at = [](const net::Request& request, const char* place) { return request.url.find(place) != std::string::npos; };
  stack.transport.fault = [&](const net::Request& request) { return at(request, "offset=300") ? Fault::kErrorBefore : Fault::kNone; };
  EXPECT_FALSE(mirror->sync(stack.shop->catalogue()));
  bool once = true;
  stack.transport.fault = [&](const net::Request& request) { return at(request, "offset=300") && std::exchange(once, false) ? Fault::kSecurity : Fault::kNone; };
  const auto report = mirror->sync(stack.shop->catalogue());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->products, 453u);
  std::size_t kept = 0;
  ASSERT_TRUE(mirror->each([&](const Product&) { return ++kept, true; }));
  EXPECT_EQ(kept, 453u);
}

TEST(Mirror, TellsANewVersionOfWhatARoundChangedThatWasGivenUp) {
  RestStack stack;
  const TemporaryFolder folder;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  http::SyncOptions options;
  options.now = Time(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  for (int i = 0; i < 150; ++i) {
    const std::string id = "p-" + std::to_string(i);
    stack.server.add({id, "Product " + id, "Brand", "thing", "Text", {}, {{id + "-v", {}, 100 + i, 0, 5}}});
  }
  ASSERT_TRUE(mirror->sync(stack.shop->catalogue(), {}, options));
  EXPECT_EQ(mirror->seen_whole(), options.now);
  const std::string version = *mirror->version();
  stack.server.set_price("tee-s", 1);
  options.all = true;
  options.now += std::chrono::hours(1);
  stack.transport.fault = [](const net::Request& request) { return request.url.find("offset=100") != std::string::npos ? Fault::kErrorBefore : Fault::kNone; };
  EXPECT_FALSE(mirror->sync(stack.shop->catalogue(), {}, options));
  stack.transport.fault = nullptr;
  options.now += std::chrono::hours(30);   // too long ago to go on with
  const auto report = mirror->sync(stack.shop->catalogue(), {}, options);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->resumed);
  EXPECT_EQ(report->products, 153u);
  EXPECT_NE(*mirror->version(), version);
  EXPECT_EQ(mirror->seen_whole(), options.now);
}

}  // namespace
}  // namespace floorwalker::test
