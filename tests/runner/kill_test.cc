#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "agent/models/scripted.h"
#include "agent/store/codec.h"
#include "agent/store/sqlite_journal.h"
#include "tests/support/demo_stack.h"
#include "tests/support/paths.h"

// A process that is killed at every boundary of a conversation: before and after each journal entry and each tool call.
namespace floorwalker {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScript = R"(
- said: a laptop for travel
  steps:
    - text: "Let me look. "
      calls: [{name: search_catalogue, args: {words: light laptop}}]
    - text: "There are some light ones. Shall I add the first?"
      asked: add
- said: the first one
  steps:
    - calls: [{name: update_cart, args: {operation: add, variant: "corvane-air-13:16-gb-512-gb"}}]
    - text: "Done. "
      calls: [{name: view_cart}]
    - text: "Anything else?"
- said: two mice and another laptop
  steps:
    - calls:
        - {name: update_cart, args: {operation: add, product: mouse-travel, options: {Color: Graphite}, quantity: 2}}
        - {name: update_cart, args: {operation: add, variant: "corvane-air-13:16-gb-1-tb"}}
        - {name: view_cart}
    - text: "All three are in."
- said: check out
  steps:
    - calls: [{name: start_checkout}]
    - text: "Here you go."
)";

const std::vector<std::string> kSaid = {"a laptop for travel", "the first one", "two mice and another laptop", "check out"};

// Counts the boundaries that the process passes, and kills it at one of them.
struct Killer {
  int at = -1;
  int passed = 0;

  void pass() {
    if (passed++ == at) raise(SIGKILL);
  }
};

class KillingJournal final : public Journal {
 public:
  KillingJournal(Journal& real, Killer& killer) : real_(real), killer_(killer) {}

  std::string origin() const override { return real_.origin(); }
  void append(JournalEntry entry, std::function<void(Result<void>)> done) override {
    killer_.pass();
    real_.append(std::move(entry), [this, done = std::move(done)](Result<void> written) {
      killer_.pass();
      done(std::move(written));
    });
  }
  Result<StoredSession> open(const SessionId& session) override { return real_.open(session); }
  Result<std::optional<StoredReply>> answered(const SessionId& session, const std::string& key) override { return real_.answered(session, key); }
  Result<std::vector<Action>> actions(const SessionId& session) override { return real_.actions(session); }
  Result<std::vector<TurnEvent>> events(const SessionId& session) override { return real_.events(session); }
  Result<int> writes_between(const SessionId& session, Time from, Time until, const IdempotencyKey& beside) override { return real_.writes_between(session, from, until, beside); }
  Result<std::vector<SessionId>> sessions(std::size_t limit) override { return real_.sessions(limit); }

 private:
  Journal& real_;
  Killer& killer_;
};

class KillingTools final : public ToolBox {
 public:
  KillingTools(ToolBox& real, Killer& killer) : real_(real), killer_(killer) {}

  const std::vector<ToolSpec>& specs() const override { return real_.specs(); }
  ToolResult call(const ToolCall& call, const ToolContext& context) override {
    killer_.pass();
    ToolResult result = real_.call(call, context);
    killer_.pass();
    return result;
  }

 private:
  ToolBox& real_;
  Killer& killer_;
};

// What a shopper and a shop see at the end: every answer, and the cart's lines.
std::string outcome_of(test::DemoStack& stack) {
  std::ostringstream out;
  CartId cart;
  for (std::size_t i = 0; i < kSaid.size(); ++i) {
    const auto result = stack.runner().run({SessionId("s1"), ShopperSaid{kSaid[i], "k" + std::to_string(i), 0}});
    if (!result) return "turn " + std::to_string(i + 1) + " failed: " + result.error().message;
    out << store::encode(result->reply) << "\n";
    cart = result->conversation.cart;
  }
  const auto read = stack.shop().carts().read(cart);
  if (!read) return "no cart: " + read.error().message;
  for (const CartLine& line : read->lines) out << line.quantity << " x " << line.variant.str() << " " << line.total.minor << "\n";
  out << read->total.minor << "\n";
  return out.str();
}

// Has the whole conversation in `folder`, as far as it gets. Returns its outcome and how many boundaries it passed.
std::pair<std::string, int> converse(const fs::path& folder, int kill_at) {
  Killer killer{kill_at, 0};
  auto model = models::ScriptedModel::parse(kScript, "script");
  auto journal = store::SqliteJournal::open(folder / "journal.db", store::Durability::kProcess);
  if (!model || !journal) return {"cannot begin", 0};
  KillingJournal killing(**journal, killer);
  test::DemoStack stack(folder, **model, killing, [&](ToolBox& real) { return std::make_unique<KillingTools>(real, killer); });
  std::string outcome = outcome_of(stack);
  return {std::move(outcome), killer.passed};
}

// The same in a process of its own; true if it was killed.
bool converse_in_child(const fs::path& folder, int kill_at) {
  const pid_t child = fork();
  if (child == 0) {
    converse(folder, kill_at);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

// A copy of the freshly built demo shop, which takes longer to build than to copy.
void copy_shop(const fs::path& from, const fs::path& to) {
  for (const char* name : {"demo-shop.db", "demo-shop.db.index"}) {
    if (fs::exists(from / name)) fs::copy_file(from / name, to / name);
  }
}

TEST(KilledProcess, ResumesAtEveryBoundaryWithTheAnswerItWouldHaveGiven) {
  test::TemporaryFolder pristine, whole;
  {
    auto model = models::ScriptedModel::parse(kScript, "script");
    auto journal = store::SqliteJournal::open(pristine.path() / "journal.db", store::Durability::kProcess);
    const test::DemoStack build(pristine.path(), **model, **journal);
  }
  copy_shop(pristine.path(), whole.path());
  const auto [expected, boundaries] = converse(whole.path(), -1);
  ASSERT_GE(boundaries, 30) << expected;
  EXPECT_NE(expected.find("2 x mouse-travel"), std::string::npos) << expected;

  for (int boundary = 0; boundary < boundaries; ++boundary) {
    test::TemporaryFolder folder;
    copy_shop(pristine.path(), folder.path());
    ASSERT_TRUE(converse_in_child(folder.path(), boundary)) << "boundary " << boundary;
    EXPECT_EQ(converse(folder.path(), -1).first, expected) << "killed at boundary " << boundary;
  }
}

// The results of a step's calls are written down together, so a process has to live for one whole step to get the turn further: three
// calls pass six boundaries, and the entry that follows them two more.
TEST(KilledProcess, ResumesAfterBeingKilledAgainAndAgain) {
  test::TemporaryFolder whole, folder;
  const std::string expected = converse(whole.path(), -1).first;
  int kills = 0;
  while (converse_in_child(folder.path(), 8)) ASSERT_LT(++kills, 60);   // a few steps further each time
  EXPECT_GT(kills, 2);
  EXPECT_EQ(converse(folder.path(), -1).first, expected);
}

}  // namespace
}  // namespace floorwalker
