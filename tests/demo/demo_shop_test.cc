#include "adapters/embedded/demo_shop.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/cli/playbook_files.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/index.h"

namespace floorwalker {
namespace {

using embedded::DemoFile;
using embedded::Shop;

// The shop that the binary carries, built once.
class DemoShop : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TemporaryFolder;
    std::vector<DemoFile> files;
    for (const auto& resource : resources::under("adapters/embedded/demo/")) files.push_back({resource.path, resource.bytes});
    auto shop = embedded::open_demo_shop(*folder_ / "demo.db", files);
    ASSERT_TRUE(shop.has_value()) << shop.error().message;
    shop_ = shop->release();
    ASSERT_TRUE(shop_->catalogue().each([](const Product& product) { return products_.push_back(product), true; }).has_value());
  }

  static void TearDownTestSuite() {
    delete shop_;
    delete folder_;
    products_.clear();
  }

  static test::TemporaryFolder* folder_;
  static Shop* shop_;
  static std::vector<Product> products_;
};

test::TemporaryFolder* DemoShop::folder_ = nullptr;
Shop* DemoShop::shop_ = nullptr;
std::vector<Product> DemoShop::products_;

TEST_F(DemoShop, HoldsMoreThan250ProductsInFourDepartments) {
  std::map<std::string, int> departments;
  for (const Product& product : products_) ++departments[product.categories.at(0).at(0)];
  EXPECT_GE(products_.size(), 250u);
  EXPECT_EQ(departments.size(), 4u);
  for (const auto& [name, count] : departments) EXPECT_GE(count, 50) << name;
}

TEST_F(DemoShop, DescribesEveryProductInItsOwnWords) {
  std::set<std::string> descriptions, titles;
  for (const Product& product : products_) {
    EXPECT_TRUE(descriptions.insert(product.description).second) << product.id.str();
    EXPECT_TRUE(titles.insert(product.title).second) << product.title;
    EXPECT_FALSE(product.kind.empty() || product.brand.empty() || product.attributes.size() < 3) << product.id.str();
  }
}

TEST_F(DemoShop, MeasuresAnAttributeOfAKindInOneDimension) {
  std::map<std::string, std::set<std::string>> forms;
  for (const Product& product : products_) {
    for (const Attribute& attribute : product.attributes) {
      const auto* measure = std::get_if<Measure>(&attribute.value);
      const std::string form = measure ? "dimension " + std::to_string(static_cast<int>(measure->unit.dimension)) : std::to_string(attribute.value.index());
      forms[product.kind + "." + attribute.name].insert(form);
    }
  }
  for (const auto& [name, seen] : forms) EXPECT_TRUE(seen.size() == 1) << name;
}

TEST_F(DemoShop, KeepsSoldOutAndLastPiecesAndSales) {
  int sold_out = 0, last = 0, reduced = 0, gone = 0;
  for (const Product& product : products_) {
    for (const Variant& variant : product.variants) {
      EXPECT_GT(variant.price.minor, 0) << variant.id.str();
      sold_out += variant.stock.count == 0;
      last += variant.stock.count == 1;
      reduced += variant.compare_at.has_value();
    }
    gone += availability_of(product) == Availability::kOutOfStock;
  }
  EXPECT_GE(sold_out, 20);
  EXPECT_GE(last, 20);
  EXPECT_GE(reduced, 20);
  EXPECT_GE(gone, 3);
}

TEST_F(DemoShop, PricesALargerSizeOfTheSameThingNoLower) {
  for (const Product& product : products_) {
    if (product.variants.at(0).options.size() != 1 || product.variants[0].options[0].name != "Size") continue;
    for (std::size_t i = 1; i < product.variants.size(); ++i) {
      EXPECT_GE(product.variants[i].price.minor, product.variants[i - 1].price.minor) << product.variants[i].id.str();
    }
  }
}

TEST_F(DemoShop, PromisesOnlyWithADate) {
  const auto policies = shop_->policies().all();
  ASSERT_TRUE(policies.has_value());
  std::set<std::string> topics;
  for (const Policy& policy : *policies) {
    topics.insert(policy.topic);
    EXPECT_EQ(policy.date.size(), 10u) << policy.id.str();
  }
  for (const char* topic : {"delivery", "returns", "warranty", "sizing", "payment"}) EXPECT_TRUE(topics.contains(topic)) << topic;
}

TEST_F(DemoShop, HasAPlaybookThatNamesOnlyWhatItSells) {
  const auto index = search::build_index(shop_->catalogue());
  ASSERT_TRUE(index.has_value());
  const LoadedPlaybook loaded = cli::load_playbook_file("adapters/embedded/demo/playbook.yaml");
  ASSERT_TRUE(loaded.ok());
  const search::CatalogueVocabulary vocabulary(*index, loaded.playbook.vocabulary);
  for (const Finding& finding : check_against(loaded.playbook, vocabulary, true)) ADD_FAILURE() << finding.path << ": " << finding.message;
}

}  // namespace
}  // namespace floorwalker
