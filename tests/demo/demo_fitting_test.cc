#include <gtest/gtest.h>

#include "adapters/embedded/demo_shop.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"
#include "tools/compatibility/engine.h"

namespace floorwalker {
namespace {

using compatibility::Engine;
using compatibility::Source;
using compatibility::Thing;

// What goes with what in the demo shop, by the rules that the binary carries.
class DemoFitting : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<embedded::DemoFile> files;
    for (const auto& resource : resources::under("adapters/embedded/demo/")) files.push_back({resource.path, resource.bytes});
    auto shop = embedded::open_demo_shop(folder_ / "demo.db", files);
    ASSERT_TRUE(shop.has_value()) << shop.error().message;
    shop_ = std::move(*shop);
    std::vector<Source> sources;
    for (const auto& resource : resources::under("tools/compatibility/")) sources.push_back({std::string(resource.path), resource.bytes});
    auto engine = Engine::load(sources);
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    engine_ = std::move(*engine);
  }

  Thing thing(const std::string& id) {
    const auto product = shop_->catalogue().product(ProductId(id));
    EXPECT_TRUE(product.has_value()) << id;
    return product ? compatibility::thing_of(*product) : Thing();
  }

  void expect(Fit fit, const Thing& a, const Thing& b) {
    const Compatibility answer = engine_.check(a, b);
    std::string why;
    for (const auto& check : answer.checks) why += "\n  " + check.rule + ": " + check.why;
    EXPECT_EQ(answer.fit, fit) << a.title << " + " << b.title << ": " << to_string(answer.fit) << why;
    for (const auto& check : answer.checks) EXPECT_EQ(check.why.find('{'), std::string::npos) << check.rule << ": " << check.why;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<embedded::Shop> shop_;
  Engine engine_;
};

struct Pair {
  const char* a;
  const char* b;
  Fit fit;
};

TEST_F(DemoFitting, DecidesPairsAsAGoodSellerWould) {
  const Pair pairs[] = {
      {"oriven-q55", "mount-tilt-l", Fit::kYes},
      {"oriven-q55", "mount-tilt-m", Fit::kNo},
      {"oriven-m85", "mount-fixed-xxl", Fit::kYes},
      {"oriven-m85", "mount-tilt-l", Fit::kNo},
      {"belmira-frame50", "mount-tilt-m", Fit::kUnknown},
      {"visarro-v24", "mount-tilt-s", Fit::kYes},
      {"ram-sodimm-5600", "halvorn-work-14", Fit::kYes},
      {"ram-sodimm-ddr4", "halvorn-work-14", Fit::kNo},
      {"ram-sodimm-5600", "corvane-air-13", Fit::kNo},
      {"ram-dimm-6000-kit", "halvorn-work-14", Fit::kNo},
      {"ram-sodimm-5600-kit", "pellwick-basic-14", Fit::kNo},
      {"ram-sodimm-ddr4", "pellwick-basic-14", Fit::kYes},
      {"ssd-nvme4", "corvane-air-13", Fit::kNo},
      {"ssd-2230", "corvane-air-13", Fit::kYes},
      {"ssd-sata", "halvorn-work-14", Fit::kNo},
      {"charger-65", "corvane-air-13", Fit::kYes},
      {"charger-45", "corvane-air-13", Fit::kNo},
      {"charger-65", "ostrane-g16", Fit::kNo},
      {"charger-barrel-280", "ostrane-g15", Fit::kYes},
      {"charger-barrel-180", "ostrane-g16", Fit::kNo},
      {"dock-tb4", "corvane-air-14", Fit::kYes},
      {"dock-tb4", "halvorn-work-14", Fit::kUnknown},
      {"dock-usbc-duo", "halvorn-work-14", Fit::kYes},
      {"dock-halvorn", "ostrane-g14", Fit::kNo},
      {"dock-usba", "halvorn-work-14", Fit::kYes},
      {"backpack-transit", "ostrane-g16", Fit::kYes},
      {"sleeve-felt-16", "ostrane-g16", Fit::kNo},
      {"bag-office-14", "halvorn-work-15", Fit::kNo},
      {"hdmi-high-6", "oriven-q55", Fit::kNo},
      {"hdmi-ultra-6", "oriven-q55", Fit::kYes},
      {"hdmi-high-6", "visarro-c50", Fit::kYes},
      {"hdmi-ultra-6", "monitor-ostrane-32", Fit::kYes},
      {"fen-original", "alder-platform", Fit::kYes},
      {"morrow-hybrid", "lift-ottoman-bed", Fit::kNo},
      {"basic-spring", "bunk-trundle", Fit::kYes},
      {"fen-original", "bunk-trundle", Fit::kNo},
      {"morrow-luxe", "percale-sheets", Fit::kYes},
      {"morrow-luxe", "organic-sheets", Fit::kNo},
      {"dry-protector", "fen-original", Fit::kYes},
      {"fen-topper-3", "fen-original", Fit::kYes},
      {"percale-duvet", "allyear-comforter", Fit::kYes},
      {"corvane-air-13", "monitor-luminok-27-4k", Fit::kYes},
      {"ostrane-g14", "monitor-luminok-27-4k", Fit::kNo},
      {"monitor-luminok-32-4k", "arm-single", Fit::kYes},
      {"monitor-ostrane-49", "arm-single", Fit::kNo},
      {"monitor-ostrane-49", "arm-heavy", Fit::kYes},
      {"soundbar-base", "oriven-q55", Fit::kYes},
      {"stand-plank", "oriven-q65", Fit::kNo},
      {"stand-halden", "oriven-q65", Fit::kYes},
      {"cable-usbc-100", "charger-140", Fit::kNo},
      {"cable-usbc-100", "charger-65", Fit::kYes},
      {"stick-4k", "visarro-v32", Fit::kYes},
      {"mount-stand", "belmira-o55", Fit::kYes},
  };
  for (const Pair& pair : pairs) {
    expect(pair.fit, thing(pair.a), thing(pair.b));
    expect(pair.fit, thing(pair.b), thing(pair.a));
  }
}

TEST_F(DemoFitting, TellsWhatPassesADoor) {
  const Pair doors[] = {
      {"halden-3-seater", "76 cm", Fit::kYes},
      {"marchmont-leather", "76 cm", Fit::kNo},
      {"brack-loveseat", "70 cm", Fit::kYes},
      {"pell-modular-4", "76 cm", Fit::kYes},
      {"tidewater-daybed", "76 cm", Fit::kYes},
      {"pippin-swivel", "29.5 in", Fit::kUnknown},
  };
  for (const Pair& pair : doors) expect(pair.fit, thing(pair.a), {ProductId(), "your door", "door", {}, {{"width", *parse_measure(pair.b)}}});
}

TEST_F(DemoFitting, TellsWhatFitsASpace) {
  expect(Fit::kYes, thing("brack-3-seater"), {ProductId(), "your wall", "wall", {}, {{"width", *parse_measure("200 cm")}}});
  expect(Fit::kNo, thing("halden-3-seater"), {ProductId(), "your wall", "wall", {}, {{"width", *parse_measure("200 cm")}}});
}

TEST_F(DemoFitting, SaysValuesInSentencesThatReadWell) {
  const Compatibility answer = engine_.check(thing("oriven-q55"), thing("mount-tilt-m"));
  ASSERT_FALSE(answer.checks.empty());
  EXPECT_EQ(answer.checks[0].why,
            "Oriven Q5 55 QLED has the pattern 300 x 300 mm, and Wallwright Tilt M takes only 100 x 100 mm, 200 x 100 mm, 200 x 200 mm, 300 x 200 mm.");
}

}  // namespace
}  // namespace floorwalker
