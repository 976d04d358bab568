#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;

struct Output {
  int status = -1;
  std::string text;

  std::vector<json> lines() const {
    std::vector<json> parsed;
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      parsed.push_back(json::parse(text.substr(start, end - start)));
      start = end + 1;
    }
    return parsed;
  }
};

class CatalogueCommand : public testing::Test {
 protected:
  CatalogueCommand() {
    write("goods.csv", "id,name,price,maker\nL1,Desk lamp,12.50,Acme\nL2,Floor lamp,49.00,Acme\nM1,Coffee mug,8.00,Bolt\n");
    write("goods.yaml", "map: goods\nformat: csv\nshop: {currency: USD}\nproduct: {id: id, title: name, brand: maker}\nvariant: {price: price}\n");
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  void write(const std::string& name, const std::string& text) { std::ofstream(folder_.path() / name) << text; }

  // What the command writes on standard output; standard error too if `all`.
  Output run(const std::string& arguments, bool all = false) {
    const std::string command = test::binary().string() + " catalogue " + arguments + (all ? " 2>&1" : " 2>/dev/null");
    FILE* pipe = ::popen(command.c_str(), "r");
    Output output;
    std::array<char, 4096> buffer{};
    for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) output.text.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
  }

  Output import(const std::string& more = "") {
    return run("import " + path("goods.csv") + " --map " + path("goods.yaml") + " --shop " + path("shop.db") + " " + more);
  }

  std::string shop() const { return " --shop " + path("shop.db") + " --state " + path("state"); }

  test::TemporaryFolder folder_;
};

TEST_F(CatalogueCommand, ImportsAndReportsInJson) {
  const Output output = import("--json");
  EXPECT_EQ(output.status, 0);
  ASSERT_EQ(output.lines().size(), 1u);
  EXPECT_EQ(output.lines()[0]["added"], 3);
  EXPECT_EQ(output.lines()[0]["ok"], true);
  EXPECT_EQ(import("--json").lines()[0]["unchanged"], 3);
}

TEST_F(CatalogueCommand, LeavesNoShopBehindWhenTheFirstImportFails) {
  write("goods.csv", "id,name,price\nL1,Desk lamp,cheap\n");
  const Output output = import("--json");
  EXPECT_EQ(output.status, 1);
  EXPECT_EQ(output.lines()[0]["problems"][0]["line"], 2);
  EXPECT_EQ(output.lines()[0]["problems"][0]["field"], "price");
  EXPECT_FALSE(std::filesystem::exists(path("shop.db")));
}

TEST_F(CatalogueCommand, NamesTheShippedMapThatWasMeant) {
  const Output output = run("import " + path("goods.csv") + " --map icekat --shop " + path("shop.db"), true);
  EXPECT_EQ(output.status, 1);
  EXPECT_NE(output.text.find("did you mean \"icecat\"?"), std::string::npos) << output.text;
}

TEST_F(CatalogueCommand, TellsWrongUsage) {
  EXPECT_EQ(run("import").status, 2);
  EXPECT_EQ(run("search" + shop()).status, 2);
  EXPECT_EQ(run("show L1 --shop " + path("nothing.db")).status, 1);
}

TEST_F(CatalogueCommand, ShowsAProductByItsId) {
  import();
  const Output output = run("show L2 --json" + shop());
  ASSERT_EQ(output.status, 0);
  EXPECT_EQ(output.lines()[0]["id"], "L2");
  EXPECT_EQ(output.lines()[0]["title"], "Floor lamp");
  EXPECT_EQ(run("show nothing" + shop()).status, 1);
}

TEST_F(CatalogueCommand, AnswersABatchOfQueriesLineByLine) {
  import();
  write("queries.jsonl", "{\"id\": \"q1\", \"query\": \"floor lamp\"}\n\n{\"id\": 2, \"query\": \"mug\"}\n");
  const Output output = run("search --batch " + path("queries.jsonl") + " --top 1" + shop());
  ASSERT_EQ(output.status, 0);
  const auto lines = output.lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["id"], "q1");
  ASSERT_EQ(lines[0]["results"].size(), 1u);
  EXPECT_EQ(lines[0]["results"][0]["product"], "L2");
  EXPECT_TRUE(lines[0]["results"][0]["score"].is_number());
  EXPECT_TRUE(lines[0]["wall_micros"].is_number_integer());
  EXPECT_EQ(lines[1]["id"], 2);
  EXPECT_EQ(lines[1]["results"][0]["product"], "M1");
}

TEST_F(CatalogueCommand, TellsTheLineOfABadQuery) {
  import();
  write("queries.jsonl", "{\"id\": \"q1\", \"query\": \"mug\"}\n{\"id\": \"q2\"}\n");
  const Output output = run("search --batch " + path("queries.jsonl") + shop(), true);
  EXPECT_EQ(output.status, 1);
  EXPECT_NE(output.text.find("line 2"), std::string::npos) << output.text;
}

TEST_F(CatalogueCommand, TellsTheShapeOfTheShop) {
  import();
  const Output output = run("shape --json" + shop());
  ASSERT_EQ(output.status, 0);
  EXPECT_EQ(output.lines()[0]["products"], 3);
}

}  // namespace
}  // namespace floorwalker::cli
