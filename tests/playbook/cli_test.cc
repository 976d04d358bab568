#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "tests/support/paths.h"

namespace floorwalker {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int status = 0;
  std::string out;
};

class PlaybookCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("floorwalker-playbook-" + std::to_string(::getpid()) + "-" +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  static Ran run(const std::string& arguments) { return program("playbook " + arguments); }

  static Ran program(const std::string& arguments) {
    Ran ran;
    FILE* pipe = ::popen((test::binary().string() + " " + arguments + " 2>/dev/null").c_str(), "r");
    std::array<char, 4096> buffer;
    for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) ran.out.append(buffer.data(), n);
    ran.status = WEXITSTATUS(::pclose(pipe));
    return ran;
  }

  fs::path folder_;
};

TEST_F(PlaybookCommand, PrintsFileLineAndColumnAndFails) {
  const std::string file = write("shop.yaml", "playbook: shop\nlimits: {stpes: 3}\n");
  const Ran ran = run("check " + file);
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, file + ":2:10: error: limits.stpes: there is no key 'stpes' here (did you mean 'steps'?)\n" + file +
                         ": 1 errors, 0 warnings, 0 inactive\n");
}

TEST_F(PlaybookCommand, PrintsOneJsonObjectForEachFile) {
  const std::string good = write("good.yaml", "playbook: good\nversion: 7\n");
  const std::string bad = write("bad.yaml", "limits: {}\n");
  const Ran ran = run("check --json " + good + " " + bad);
  EXPECT_EQ(ran.status, 1);
  const auto end = ran.out.find('\n');
  const auto first = nlohmann::json::parse(ran.out.substr(0, end));
  const auto second = nlohmann::json::parse(ran.out.substr(end + 1));
  EXPECT_EQ(first["ok"], true);
  EXPECT_EQ(first["playbook"], "good");
  EXPECT_EQ(first["version"], "7");
  EXPECT_EQ(second["findings"][0]["message"], "'playbook' is missing");
}

TEST_F(PlaybookCommand, AnnotatesForGithub) {
  const std::string file = write("shop.yaml", "playbook: shop\nlimits: {stpes: 3}\n");
  const Ran ran = run("check --format github " + file);
  EXPECT_EQ(ran.out, "::error file=" + file + ",line=2,col=10,title=playbook::limits.stpes: there is no key 'stpes' here (did you mean 'steps'?)\n");
}

TEST_F(PlaybookCommand, FindsParentsBesideTheFile) {
  write("base.yaml", "playbook: base\nlimits: {steps: 3}\n");
  const std::string file = write("shop.yaml", "playbook: shop\nextends: base.yaml\n");
  EXPECT_EQ(run("check " + file).status, 0);
  EXPECT_EQ(run("check " + write("other.yaml", "playbook: other\nextends: none.yaml\n")).status, 1);
}

TEST_F(PlaybookCommand, PrintsTheSchema) {
  EXPECT_EQ(nlohmann::json::parse(run("schema").out)["title"], "Floorwalker playbook");
}

TEST_F(PlaybookCommand, WrongUsageIsStatusTwo) {
  EXPECT_EQ(run("check").status, 2);
  EXPECT_EQ(run("check --format pdf x.yaml").status, 2);
  EXPECT_EQ(run("check --json --format github retail").status, 2);
}

constexpr const char* kTranscript =
    R"({"id":"t1","messages":[{"role":"user","content":"I am Ann, please cancel order #W1, I don't need it any more"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"find_user_id_by_email","arguments":"{\"email\":\"a@example.com\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"ann_1"},{"role":"assistant","content":"","tool_calls":[{"id":"c2","function":{"name":"get_order_details","arguments":"{\"order_id\":\"#W1\"}"}}]},{"role":"tool","tool_call_id":"c2","content":"{\"order_id\":\"#W1\",\"user_id\":\"ann_1\",\"status\":\"processed\"}"},{"role":"assistant","content":"","tool_calls":[{"id":"c3","function":{"name":"cancel_pending_order","arguments":"{\"order_id\":\"#W1\",\"reason\":\"no longer needed\"}"}}]}]})";

TEST_F(PlaybookCommand, ExplainsEveryRuleWithTheValuesCompared) {
  const std::string file = write("t.jsonl", std::string(kTranscript) + "\n");
  const Ran ran = run("explain " + file + " --playbook retail-service");
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("call \"cancel_pending_order\": refuse by order-pending"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("ACTS order-pending: order.status = 'pending' (processed, pending)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("ok   one-shopper: count(identities) = 1 (1, 1)"), std::string::npos) << ran.out;
  EXPECT_EQ(run("explain " + file + " --playbook retail-service --turn 2").out.find("cancel_pending_order"), std::string::npos);
}

TEST_F(PlaybookCommand, ExplainsAsJsonLines) {
  const Ran ran = run("explain --json " + write("t.jsonl", std::string(kTranscript) + "\n") + " --playbook retail-service");
  std::istringstream lines(ran.out);
  std::set<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    seen.insert(row.at("what").get<std::string>());
    EXPECT_EQ(row.at("playbook").get<std::string>().size(), 64u);
    EXPECT_FALSE(row.at("considered").empty() && row["what"] != "call") << line;
  }
  EXPECT_EQ(seen, (std::set<std::string>{"shopper", "call", "result"}));
}

TEST_F(PlaybookCommand, ShowsWhatTwoPlaybooksDecideDifferently) {
  const std::string file = write("t.jsonl", std::string(kTranscript) + "\n");
  const std::string other = write("other.yaml", "playbook: other\nextends: retail-service\ndesk: {conditions: {order-pending: {that: \"order.status != 'gone'\"}}}\n");
  const Ran ran = run("diff retail-service " + other + " " + file);
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("refuse (order-pending) -> "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("1 conversations"), std::string::npos);
  EXPECT_NE(run("diff retail-service retail-service " + file).out.find(" 0 differ"), std::string::npos);
  EXPECT_EQ(run("diff retail-service none.yaml " + file).status, 1);
}

// A conversation with our own tools: 21 of a lamp, and a checkout that nobody said yes to.
constexpr const char* kOwnTranscript =
    R"({"id":"o1","messages":[{"role":"user","content":"add 21 of the Alba lamp to my cart and check out"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"get_product","arguments":"{\"product\":\"lamp\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"{\"id\":\"lamp\",\"title\":\"Alba lamp\",\"variants\":[{\"id\":\"lamp\",\"price\":\"10.00 USD\"}]}"},{"role":"assistant","content":"","tool_calls":[{"id":"c2","function":{"name":"update_cart","arguments":"{\"operation\":\"add\",\"product\":\"lamp\",\"variant\":\"lamp\",\"quantity\":21}"}}]},{"role":"tool","tool_call_id":"c2","content":"{}"},{"role":"assistant","content":"","tool_calls":[{"id":"c3","function":{"name":"start_checkout","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c3","content":"{}"},{"role":"assistant","content":"The Alba lamp costs $12.00. Shall I take you to the checkout?"},{"role":"user","content":"yes please"},{"role":"assistant","content":"","tool_calls":[{"id":"c4","function":{"name":"start_checkout","arguments":"{}"}}]}]})";

TEST_F(PlaybookCommand, AuditsCallsOfOurOwnToolsAndOfForeignOnes) {
  const std::string own = write("own.jsonl", std::string(kOwnTranscript) + "\n"), foreign = write("foreign.jsonl", std::string(kTranscript) + "\n");
  const Ran ran = program("audit --playbook retail " + own);
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("o1, message 3: refuse update_cart (quantity)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("o1, message 5: ask start_checkout (confirmation)"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("o1, message 9"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("2 calls allowed, 1 calls refused, 1 calls to be asked about"), std::string::npos) << ran.out;
  EXPECT_NE(program("audit --playbook retail-service " + foreign).out.find("refuse cancel_pending_order (order-pending)"), std::string::npos);
}

TEST_F(PlaybookCommand, ShowsWhatTwoPlaybooksDecideDifferentlyAboutOurOwnTools) {
  const std::string file = write("own.jsonl", std::string(kOwnTranscript) + "\n");
  const std::string other = write("other.yaml", "playbook: other\nextends: retail\nguardrails: {actions: {limits: {quantity: 50}, confirm: []}, claims: {contradicted: drop}}\n");
  const Ran ran = run("diff retail " + other + " " + file);
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("call \"update_cart\": refuse (quantity) -> allow"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("call \"start_checkout\": ask (confirmation) -> allow"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("repair (claims.contradicted) -> drop (claims.contradicted)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(" 3 differ"), std::string::npos) << ran.out;
}

TEST_F(PlaybookCommand, ExplainsWhatARepliesClaimsWereHeldAgainst) {
  const Ran ran = run("explain --playbook retail " + write("own.jsonl", std::string(kOwnTranscript) + "\n"));
  EXPECT_NE(ran.out.find("ACTS claims.contradicted: amount \"$12.00\""), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("[c1#/variants/0/price]"), std::string::npos) << ran.out;
}

TEST_F(PlaybookCommand, ExplainsSilentTurnsOffersWithheldSentencesAndLimits) {
  const std::string script = write("script.jsonl",
                                   "{\"session\":\"s\",\"say\":\"write to ann@example.com about the Visarro Nook 24\"}\n"
                                   "{\"session\":\"s\",\"event\":{\"type\":\"consent\",\"analytics\":\"true\"}}\n"
                                   "{\"session\":\"s\",\"event\":{\"type\":\"guide\"}}\n"
                                   "{\"session\":\"s\",\"event\":{\"type\":\"guide\"}}\n");
  const std::string model = write("model.yaml", "- steps:\n    - calls: [{name: get_product, args: {product: visarro-v24}}]\n    - text: \"The Visarro Nook 24 costs $1.00.\"\n    - text: \"What are you looking for?\"\n");
  const std::string common = " --playbook retail --state " + (folder_ / "state").string();
  ASSERT_EQ(program("chat --script " + script + " --json --model scripted:" + model + common).status, 0);
  const std::string told = run("explain s" + common).out;
  for (const char* expected : {"turn 2, played under retail", "page \"consent\": silence", "ok   play:unsure of the size: guide_opened 2: 0 times, wanted 1", "page \"guide\": offer by play:unsure of the size", "ACTS redact:email: shopper-1@private.invalid",
                               "withheld \"The Visarro Nook 24 costs $1.00.\": repair by claims.contradicted: amount \"$1.00\"", "ok   limits.steps: 3 model calls, at most 8", "ok   limits.cost: 0 millionths, at most 50000"}) {
    EXPECT_NE(told.find(expected), std::string::npos) << expected << "\n" << told;
  }
}

TEST_F(PlaybookCommand, ExplainsThatAPriceWasReadTooLongAgo) {
  const std::string state = " --state " + (folder_ / "state").string();
  std::string steps;
  const auto turn = [&](const std::string& say, const std::string& played) {  // in a process of its own: time passes between two
    steps += "- steps:\n" + played;
    const std::string script = write("script.jsonl", "{\"session\":\"s\",\"say\":\"" + say + "\"}\n");
    return program("chat --script " + script + " --json --model scripted:" + write("model.yaml", steps) + state).out;
  };
  const std::string first = turn("the Visarro Nook 24", "    - calls: [{name: get_product, args: {product: visarro-v24}}]\n    - text: \"Here it is.\"\n");
  ASSERT_NE(first.find("Here it is."), std::string::npos) << first;
  const std::string second = turn("and the price?", "    - text: \"The Visarro Nook 24 costs $129.00.\"\n");
  ASSERT_NE(second.find("The Visarro Nook 24 costs $129.00."), std::string::npos) << second;
  const std::string strict = write("strict.yaml", "playbook: strict\nextends: retail\nlimits: {facts_good_for: 0s}\n");
  EXPECT_NE(run("explain s --playbook retail" + state).out.find("ok   claims.supported: amount \"$129.00\""), std::string::npos);
  const std::string told = run("explain s --playbook " + strict + state).out;
  EXPECT_NE(told.find("reply \"The Visarro Nook 24 costs $129.00.\": repair by claims.unsupported"), std::string::npos) << told;
  EXPECT_NE(told.find("read too long ago"), std::string::npos) << told;
}

TEST_F(PlaybookCommand, ExplainsWhichSellingRulesTheModelWentBy) {
  const std::string script = write("script.jsonl", "{\"session\":\"s\",\"say\":\"a television for sports\"}\n");
  const std::string common = " --playbook televisions --state " + (folder_ / "state").string();
  ASSERT_EQ(program("chat --script " + script + " --json" + common).status, 0);
  const std::string told = run("explain s" + common).out;
  for (const char* expected : {"selling \"model\": applied by need:sports", "ACTS need:sports: said; prefers refresh_rate high; prefers brightness high", "ok   need:console gaming: not said", "ACTS ask:television: ",
                               "ok   discovery.max_questions: 0 asked, at most 2", "ACTS addons.after: shown, nothing put into the cart"}) {
    EXPECT_NE(told.find(expected), std::string::npos) << expected << "\n" << told;
  }
}

// A chat that goes on while its playbook changes: a line in, a line out.
class Chat {
 public:
  explicit Chat(const std::string& playbook) {
    int in[2], out[2];
    EXPECT_EQ(::pipe(in), 0);
    EXPECT_EQ(::pipe(out), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
      const std::string binary = test::binary().string();
      ::execl(binary.c_str(), binary.c_str(), "chat", "--script", "-", "--json", "--playbook", playbook.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = ::fdopen(in[1], "w");
    from_ = ::fdopen(out[0], "r");
  }
  Chat(const Chat&) = delete;
  Chat& operator=(const Chat&) = delete;
  ~Chat() {
    std::fclose(to_);
    std::fclose(from_);
    int status = 0;
    ::waitpid(child_, &status, 0);
  }

  // What the turn came to.
  std::string say(const std::string& text) {
    std::fprintf(to_, "{\"session\":\"s\",\"say\":\"%s\"}\n", text.c_str());
    std::fflush(to_);
    std::array<char, 65536> line{};
    const char* read = std::fgets(line.data(), line.size(), from_);
    return read ? nlohmann::json::parse(line.data()).at("outcome").get<std::string>() : "no answer";
  }

 private:
  pid_t child_ = 0;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

TEST_F(PlaybookCommand, AChatGoesOnUnderTheChangedPlaybookAndKeepsTheOldOneWhenTheNewOneIsWrong) {
  const std::string file = write("shop.yaml", "playbook: shop\nextends: retail\n");
  Chat chat(file);
  EXPECT_EQ(chat.say("hello there"), "answered");
  write("shop.yaml", "playbook: shop\nextends: retail\nguardrails: {input: {max_length: 5}}\n");
  EXPECT_EQ(chat.say("hello there"), "refused");
  write("shop.yaml", "playbook: shop\nguardrails: {input: {max_lenght: 5000}}\n");
  EXPECT_EQ(chat.say("hello there"), "refused");
  write("shop.yaml", "playbook: shop\nextends: retail\n");
  EXPECT_EQ(chat.say("hello there"), "answered");
}

TEST_F(PlaybookCommand, AChatGoesOnUnderAParentThatWasChanged) {
  write("base.yaml", "playbook: base\nextends: retail\n");
  write("brand.yaml", "playbook: brand\nextends: base\n");
  Chat chat(write("shop.yaml", "playbook: shop\nextends: brand\n"));
  EXPECT_EQ(chat.say("hello there"), "answered");
  write("base.yaml", "playbook: base\nextends: retail\nguardrails: {input: {max_length: 5}}\n");
  EXPECT_EQ(chat.say("hello there"), "refused");
  write("base.yaml", "playbook: base\nguardrails: {input: {max_lenght: 5000}}\n");
  EXPECT_EQ(chat.say("hello there"), "refused");
  write("base.yaml", "playbook: base\nextends: retail\n");
  EXPECT_EQ(chat.say("hello there"), "answered");
}

std::string shop_of(const fs::path& folder, const std::string& lines) {
  std::ofstream(folder / "shop.jsonl") << lines;
  auto shop = embedded::Shop::create(folder / "shop.db");
  EXPECT_TRUE(shop);
  embedded::ImportRequest request;
  request.sources = {{folder / "shop.jsonl", {}}};
  request.map.name = "floorwalker";
  request.map.format = embedded::RowFormat::kNative;
  EXPECT_TRUE(embedded::import_files(**shop, request));
  return (folder / "shop.db").string();
}

// A shop of three products: lamps, a bulb that is sold out for good, and shades.
std::string small_shop(const fs::path& folder) {
  return shop_of(folder, R"({"type":"shop","name":"S","currency":"USD","checkout_url":"https://s.example/{cart}"}
{"id":"lamp","title":"Alba lamp","brand":"S","kind":"lamp","variants":[{"id":"lamp","price":"10.00","stock":3}]}
{"id":"bulb","title":"Alba bulb","brand":"S","kind":"bulb","variants":[{"id":"bulb","price":"2.00","stock":0}]}
{"id":"shade","title":"Alba shade","brand":"S","kind":"shade","variants":[{"id":"shade","price":"5.00","stock":3}]}
)");
}

TEST_F(PlaybookCommand, FindsAddonsThatCouldNeverBeOffered) {
  const std::string shop = small_shop(folder_);
  const std::string good = write("good.yaml", "playbook: good\naddons: {lamp: {recommended: [shade]}}\n");
  EXPECT_EQ(run("check " + good + " --shop " + shop).status, 0);
  const std::string bad = write("bad.yaml", "playbook: bad\naddons: {lamp: {recommended: [shade, bulb]}}\n");
  const Ran ran = run("check " + bad + " --shop " + shop);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("bad.yaml:2:38: error: addons.lamp: nothing of the kind 'bulb' can be bought any more"), std::string::npos) << ran.out;
}

TEST_F(PlaybookCommand, FindsAddonsOfWhichNoneFits) {
  const std::string shop = shop_of(folder_, R"({"type":"shop","name":"S","currency":"USD","checkout_url":"https://s.example/{cart}"}
{"id":"cam","title":"Alba camera","brand":"S","kind":"camera","attributes":{"compatible_memory_cards":"SDHC"},"variants":[{"id":"cam","price":"90.00","stock":3}]}
{"id":"cf","title":"Alba memory card","brand":"S","kind":"memory card","attributes":{"memory_card_type":"CompactFlash"},"variants":[{"id":"cf","price":"9.00","stock":3}]}
{"id":"case","title":"Alba case","brand":"S","kind":"camera case","variants":[{"id":"case","price":"9.00","stock":3}]}
)");
  const Ran ran = run("check " + write("bad.yaml", "playbook: bad\naddons:\n  camera:\n    recommended:\n      - camera case\n      - memory card\n") + " --shop " + shop);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("bad.yaml:6:9: error: addons.camera: no 'memory card' of this shop fits any 'camera', so it can never be offered"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("1 errors"), std::string::npos) << ran.out;
}

TEST_F(PlaybookCommand, ExplainsWhichAddonAndRankingRulesFiredAndWhichDidNot) {
  const std::string shop = shop_of(folder_, R"({"type":"shop","name":"S","currency":"USD","checkout_url":"https://s.example/{cart}"}
{"id":"lamp","title":"Alba lamp","brand":"S","kind":"lamp","variants":[{"id":"lamp","price":"10.00","stock":3}]}
{"id":"lamp2","title":"Alba lamp","brand":"S","kind":"lamp","tags":["overstock"],"variants":[{"id":"lamp2","price":"12.00","stock":3}]}
{"id":"lamp3","title":"Alba lamp","brand":"Acme","kind":"lamp","variants":[{"id":"lamp3","price":"12.00","stock":3}]}
{"id":"bulb","title":"Alba bulb","brand":"S","kind":"bulb","variants":[{"id":"bulb","price":"2.00","stock":0}]}
{"id":"shade","title":"Alba shade","brand":"S","kind":"shade","tags":["clearance"],"variants":[{"id":"shade","price":"5.00","stock":3}]}
)");
  const std::string playbook = write("own.yaml", "playbook: own\naddons: {lamp: {recommended: [shade, bulb, {kind: shade, when: {use: reading}}]}}\n"
                                                 "ranking: {commercial: [{boost: {tag: overstock}}, {boost: {tag: clearance}}], never: [{brand: Acme}, {brand: S, with: kids}]}\n");
  const std::string model = write("model.yaml", "- steps:\n    - calls: [{name: search_catalogue, args: {words: lamp}}, {name: suggest_addons, args: {product: lamp, said: {budget: \"20\"}}}]\n    - text: \"Here they are.\"\n");
  const std::string script = write("script.jsonl", "{\"session\":\"s\",\"say\":\"a lamp\"}\n");
  const std::string common = " --shop " + shop + " --playbook " + playbook + " --state " + (folder_ / "state").string();
  ASSERT_EQ(program("chat --script " + script + " --json --model scripted:" + model + common).status, 0);
  const std::string told = run("explain s" + common).out;
  for (const char* expected : {"selling \"search_catalogue\": applied by never:brand Acme", "ACTS never:brand Acme: 1 of 3 found are of it; 1 taken out, the first is lamp3",
                               "ok   never:brand S with kids: 2 of 2 found are of it, but neither they nor \"lamp\" name what it holds with", "ACTS boost:tag overstock: 1 of 2 found are of it; 1 moved up: lamp2 (",
                               "ok   boost:tag clearance: 0 of 2 found are of it", "selling \"suggest_addons\": applied by addon:shade for lamp: brings shade", "ACTS addon:shade for lamp: brings shade, fit unknown",
                               "ok   addon:bulb for lamp: none can be offered; bulb is sold out", "ok   addon:shade for lamp when use is reading: said was budget 20"}) {
    EXPECT_NE(told.find(expected), std::string::npos) << expected << "\n" << told;
  }
  const std::string record = write("t.jsonl", std::string(kOwnTranscript) + "\n");
  EXPECT_EQ(run("explain " + record + common).out.find("selling"), std::string::npos);   // nobody noted it there
}

// A playbook that is held against a shop of lamps and shades, and its twin against which nothing is to be said.
struct Held {
  const char* name;
  const char* wrong;
  const char* finding;
  const char* right;
};

class HeldAgainstAShop : public PlaybookCommand, public testing::WithParamInterface<Held> {};

TEST_P(HeldAgainstAShop, FindsWhatNoProductAnswersTo) {
  const std::string shop = shop_of(folder_, R"({"type":"shop","name":"S","currency":"USD","checkout_url":"https://s.example/{cart}"}
{"id":"lamp","title":"Alba lamp","brand":"S","kind":"lamp","attributes":{"weight":"1.2 kg","finish":"brushed brass","brightness":"800 lm"},"variants":[{"id":"w","options":{"Colour":"White"},"price":"10.00","stock":3},{"id":"b","options":{"Colour":"Black"},"price":"10.00","stock":3}]}
{"id":"shade","title":"Alba shade","brand":"S","kind":"shade","attributes":{"diameter":"30 cm"},"variants":[{"id":"shade","price":"5.00","stock":3}]}
)");
  const std::string wrong = write("wrong.yaml", std::string("playbook: wrong\n") + GetParam().wrong + "\n");
  const Ran ran = run("check " + wrong + " --shop " + shop);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find(std::string("wrong.yaml:") + GetParam().finding), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(": 1 errors"), std::string::npos) << ran.out;
  const Ran twin = run("check " + write("right.yaml", std::string("playbook: right\n") + GetParam().right + "\n") + " --shop " + shop);
  EXPECT_EQ(twin.status, 0) << twin.out;
  EXPECT_EQ(run("check " + wrong).status, 0);   // of no shop is this known
}

INSTANTIATE_TEST_SUITE_P(
    Shop, HeldAgainstAShop,
    testing::Values(
        Held{"Dimension", "needs: {shelf: {require: [{weight: {max: 15 in}}]}}", "2:42: error: needs.shelf.require[0].weight.max: this shop records 'weight' in g, which '15 in' cannot be compared with (write a number with a unit such as 'g')",
             "needs: {shelf: {require: [{weight: {max: 3 lb}}]}}"},
        Held{"DimensionOfARange", "needs: {shelf: {require: [{weight: {min: 1 kg, max: 2 l}}]}}", "2:53: error: needs.shelf.require[0].weight.max: this shop records 'weight' in g", "needs: {shelf: {require: [{weight: {min: 1 kg, max: 2000 g}}]}}"},
        Held{"OptionValue", "needs: {night: {require: [{colour: {any_of: [white, blak]}}]}}", "2:53: error: needs.night.require[0].colour.any_of[1]: no product of this shop has 'blak' for 'colour' (did you mean 'Black'?)",
             "needs: {night: {require: [{colour: {any_of: [white, black]}}]}}"},
        Held{"AttributeValue", "needs: {old: {require: [{finish: brushed bras}]}}", "2:34: error: needs.old.require[0].finish: no product of this shop has 'brushed bras' for 'finish' (did you mean 'brushed brass'?)",
             "needs: {old: {require: [{finish: Brass}]}}"},
        Held{"RuledOutValue", "needs: {old: {require: [{finish: {not: chromed}}]}}", "2:40: error: needs.old.require[0].finish.not: no product of this shop has 'chromed'", "needs: {old: {require: [{finish: {not: brass}}]}}"},
        Held{"PreferenceOfAKind", "needs: {big: {applies_to: shade, prefer: [{weight: low}]}}", "2:44: error: needs.big.prefer[0].weight: no 'shade' of this shop has 'weight', so it can never have an effect",
             "needs: {big: {applies_to: [shade, lamp], prefer: [{weight: low}]}}"},
        Held{"QuestionOfAKind", "discovery: {ask: {shade: [use, budget, brightness]}}", "2:40: error: discovery.ask.shade[2]: no 'shade' of this shop has 'brightness'", "discovery: {ask: {lamp: [use, budget, brightness, \"option:Colour\"]}}"},
        Held{"AxisOfAKind", "compare: {axes: {lamp: [weight, diameter]}}", "2:33: error: compare.axes.lamp[1]: no 'lamp' of this shop has 'diameter'", "compare: {axes: {shade: [price, diameter]}}"},
        Held{"PreferenceOfAnUmbrella", "vocabulary: {umbrellas: {lights: [lamp]}}\nneeds: {big: {applies_to: lights, prefer: [{diameter: high}]}}", "3:45: error: needs.big.prefer[0].diameter: no 'lamp' of this shop has 'diameter'",
             "vocabulary: {umbrellas: {lights: [lamp, shade]}}\nneeds: {big: {applies_to: lights, prefer: [{diameter: high}]}}"}),
    [](const auto& held) { return std::string(held.param.name); });

TEST_F(PlaybookCommand, WhatAShippedPlaybookNamesIsNoErrorInAShopWithoutIt) {
  const std::string shop = small_shop(folder_);
  EXPECT_EQ(run("check retail --shop " + shop).status, 0);
  EXPECT_EQ(run("check " + write("own.yaml", "playbook: own\nextends: retail\n") + " --shop " + shop).status, 0);
  EXPECT_EQ(run("check " + write("bad.yaml", "playbook: bad\nextends: retail\ndiscovery: {relax_in_order: [colour]}\n") + " --shop " + shop).status, 1);
}

TEST_F(PlaybookCommand, KnowsEveryToolThatThereIs) {
  std::istringstream lines(program("tools list").out);
  std::string names;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != ' ') names += (names.empty() ? "" : ", ") + line.substr(0, line.find(' '));
  }
  ASSERT_NE(names.find("update_cart, "), std::string::npos) << names;
  const Ran ran = run("check " + write("all.yaml", "playbook: all\nguardrails: {actions: {grant: [" + names + "]}}\n"));
  EXPECT_EQ(ran.status, 0) << ran.out;
}

TEST_F(PlaybookCommand, NamesThatTheShopLacksAreErrorsWhereTheShopIsNamed) {
  const std::string file = write("shop.yaml", "playbook: shop\naddons: {lamp: {recommended: [shaed]}}\n");
  const Ran ran = run("check " + file + " --shop " + small_shop(folder_));
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("'shaed' (did you mean 'shade'?)"), std::string::npos) << ran.out;
  EXPECT_EQ(run("check " + file).status, 0);
}

TEST_F(PlaybookCommand, AnEnvironmentHoldsInAChat) {
  const std::string file = write("shop.yaml", "playbook: shop\nextends: retail\nenvironments: {strict: {guardrails: {input: {max_length: 5}}}}\n");
  const std::string script = write("script.jsonl", "{\"session\":\"s\",\"say\":\"hello there\"}\n");
  const std::string chat = "chat --script " + script + " --json --playbook " + file;
  EXPECT_NE(program(chat).out.find("\"outcome\":\"answered\""), std::string::npos);
  EXPECT_NE(program(chat + " --environment strict").out.find("\"outcome\":\"refused\""), std::string::npos);
  EXPECT_EQ(program(chat + " --environment none").status, 1);
}

TEST_F(PlaybookCommand, ExplainsUnderWhichPlaybookATurnWasPlayedAndWhatTheDayAllowed) {
  const std::string file = write("shop.yaml", "playbook: shop\nversion: \"7\"\nextends: retail\nguardrails: {actions: {limits: {writes_per_turn: 1, writes_per_day: 1}}}\n");
  const std::string script = write("script.jsonl", "{\"session\":\"s\",\"say\":\"add the Visarro Nook 24 to my cart\"}\n{\"session\":\"s\",\"say\":\"add the Visarro Nook 32 to my cart\"}\n");
  const std::string common = " --playbook " + file + " --state " + (folder_ / "state").string();
  ASSERT_EQ(program("chat --script " + script + " --json" + common).status, 0);
  const std::string hash = nlohmann::json::parse(run("check --json " + file).out)["hash"];
  const Ran ran = run("explain s" + common);
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("turn 1, played under shop 7 " + hash), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("ok   writes_per_day: 0 changes in the 24 hours before, at most 1"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("ACTS writes_per_day: 1 changes in the 24 hours before, at most 1"), std::string::npos) << ran.out;
}

TEST_F(PlaybookCommand, TellsWhichRulesTheSuitesDefend) {
  const std::string shop = write("shop.yaml", "playbook: shop\nvocabulary: {synonyms: {gogglebox: [television], armrest: [sofa]}}\nbrand: {name: Bright}\n");
  const std::string suite = write("suite.yaml", "suite: words\nshop: demo\nplaybook: shop.yaml\ncases:\n  - id: gogglebox\n    turns: [{say: do you have a gogglebox, expect: {shown: {min: 1, kinds: [television]}}}]\n");
  const Ran ran = run("coverage " + shop + " " + suite + " --json --fail-undefended");
  EXPECT_EQ(ran.status, 1);
  std::map<std::string, std::string> found;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    found[row["rule"]] = row["found"];
  }
  EXPECT_EQ(found["vocabulary.synonyms.gogglebox"], "defended");
  EXPECT_EQ(found["vocabulary.synonyms.armrest"], "untouched");
  EXPECT_EQ(run("coverage " + shop + " " + suite + " --fail-undefended --rule gogglebox").status, 0);
}

// The other shipped playbooks take longer: tests/slow/rules.sh.
TEST_F(PlaybookCommand, EveryRuleThatShopsBeginWithIsDefended) {
  const Ran ran = run("coverage retail " + (test::source_dir() / "evals/suites/p-retail.yaml").string() + " --fail-undefended");
  EXPECT_EQ(ran.status, 0) << ran.out;
}

}  // namespace
}  // namespace floorwalker
