#include <gtest/gtest.h>

#include "agent/resources/resources.h"
#include "tools/compatibility/engine.h"

namespace floorwalker::compatibility {
namespace {

Engine shipped() {
  std::vector<Source> sources;
  for (const auto& resource : resources::under("tools/compatibility/")) sources.push_back({std::string(resource.path), resource.bytes});
  auto engine = Engine::load(sources);
  EXPECT_TRUE(engine) << engine.error().message;
  return engine ? std::move(*engine) : Engine();
}

const Engine& rules() {
  static const Engine engine = shipped();
  return engine;
}

using Facts = std::vector<std::pair<std::string, AttributeValue>>;

Thing thing(const std::string& kind, const std::string& title, const Facts& facts) {
  Thing made;
  made.id = ProductId(title);
  made.title = title;
  made.kind = kind;
  for (const auto& [name, value] : facts) made.attributes.push_back({name, value});
  return made;
}

std::string s(const char* text) { return text; }
AttributeValue mm(double value) { return Measure{value, *find_unit("mm")}; }
AttributeValue bare(double value) { return Measure{value, Unit{}}; }

Thing cpu(const char* socket, const char* title = "Processor") { return thing("CPU", title, {{"socket", s(socket)}}); }
Thing board(const char* socket, const char* chipset = "") {
  Facts facts{{"socket", s(socket)}};
  if (*chipset) facts.push_back({"chipset", s(chipset)});
  return thing("Motherboard", "Board", facts);
}

Fit fit(const Thing& a, const Thing& b) {
  const Fit one = rules().check(a, b).fit;
  EXPECT_EQ(one, rules().check(b, a).fit) << "the order of the two must not matter";
  return one;
}

std::string faults(const std::string& yaml) {
  const auto engine = Engine::load({{"mine.yaml", yaml}});
  return engine ? "" : engine.error().message;
}

TEST(CompatibilityEngine, LoadsTheShippedRules) { EXPECT_GE(rules().rule_ids().size(), 10u); }

TEST(Compatibility, SocketsAreSpelledInManyWays) {
  for (const char* spelling : {"LGA 1700", "LGA1700", "lga-1700", "FCLGA1700", "Socket LGA 1700", "1700"}) EXPECT_EQ(fit(cpu(spelling), board("LGA 1700")), Fit::kYes) << spelling;
  EXPECT_EQ(fit(cpu("sTR4"), board("TR4")), Fit::kYes);
  EXPECT_EQ(fit(cpu("AM5"), board("AM4")), Fit::kNo);
  EXPECT_EQ(fit(cpu("LGA 1200"), board("LGA1151")), Fit::kNo);
  EXPECT_EQ(fit(cpu("sTRX4"), board("TR4")), Fit::kNo);
}

TEST(Compatibility, OlderProcessorsFitTheSuccessorsOfTheirSocket) {
  EXPECT_EQ(fit(cpu("AM3"), board("AM3+")), Fit::kYes);
  EXPECT_EQ(fit(cpu("AM3"), board("AM3+/AM3")), Fit::kYes);
  EXPECT_EQ(fit(cpu("FM2"), board("FM2+")), Fit::kYes);
  EXPECT_EQ(fit(cpu("FM2+"), board("FM2")), Fit::kNo);
  EXPECT_EQ(fit(cpu("AM3+"), board("AM3")), Fit::kUnknown);
}

TEST(Compatibility, OneSocketNameOfTwoGenerations) {
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i7-8700K 3.7 GHz 6-Core Processor"), board("LGA1151", "Intel Z370")), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i7-8700K 3.7 GHz 6-Core Processor"), board("LGA1151", "Intel Z270")), Fit::kNo);
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i5-6600K"), board("LGA1151", "Z170")), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Pentium G4560"), board("LGA1151", "B250")), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i3-9100F"), board("LGA1151", "H110")), Fit::kNo);
  EXPECT_EQ(fit(cpu("LGA1151", "Xeon E3-1245 V6"), board("LGA1151", "Intel C236")), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA1151", "A processor"), board("LGA1151", "Z170")), Fit::kUnknown);
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i5-6600K"), board("LGA1151")), Fit::kUnknown);
  Thing by_attribute = cpu("LGA 1151");
  by_attribute.attributes.push_back({"microarchitecture", s("Coffee Lake Refresh")});
  EXPECT_EQ(fit(by_attribute, board("LGA 1151", "Intel B365")), Fit::kYes);
}

TEST(Compatibility, TitleTellsTheChipsetOfABoard) {
  Thing named = board("LGA1151");
  named.title = "ASRock Z390 Pro4 ATX LGA1151 Motherboard";
  EXPECT_EQ(fit(cpu("LGA1151", "Intel Core i9-9900K"), named), Fit::kYes);
}

TEST(Compatibility, MissingAttributesAreUnknownAndSayWhich) {
  const Compatibility answer = rules().check(cpu("AM4"), thing("Motherboard", "Board", {{"chipset", s("B550")}}));
  EXPECT_EQ(answer.fit, Fit::kUnknown);
  ASSERT_EQ(answer.checks.size(), 1u);
  EXPECT_EQ(answer.checks[0].rule, "processor-socket");
  EXPECT_EQ(answer.checks[0].left, "socket AM4");
  EXPECT_EQ(answer.checks[0].right, "socket not stated");
}

TEST(Compatibility, ThingsWithoutACommonRuleHaveNoCheck) {
  EXPECT_TRUE(rules().check(cpu("AM4"), thing("sofa", "Oslo sofa", {})).checks.empty());
  EXPECT_EQ(rules().check(cpu("AM4"), cpu("AM4", "Other")).fit, Fit::kUnknown);
}

TEST(Compatibility, MemoryGoesByGenerationAndForm) {
  const auto module = [](const char* type, const char* form) { return thing("RAM", "Kit", {{"ram_type", s(type)}, {"form_factor", s(form)}}); };
  const auto on = [](const char* type, const char* size) { return thing("Motherboard", "Board", {{"memory_ram_type", s(type)}, {"form_factor", s(size)}}); };
  EXPECT_EQ(fit(module("DDR4-3200", "288-pin DIMM"), on("DDR4", "ATX")), Fit::kYes);
  EXPECT_EQ(fit(module("DDR5", "288-pin DIMM"), on("DDR4", "ATX")), Fit::kNo);
  EXPECT_EQ(fit(module("DDR4", "260-pin SO-DIMM"), on("DDR4", "ATX")), Fit::kNo);
  EXPECT_EQ(fit(module("DDR4", "260-pin SODIMM"), on("DDR4", "Mini-ITX")), Fit::kUnknown);
  Thing registered = module("DDR4", "288-pin DIMM");
  registered.attributes.push_back({"registered", s("Registered")});
  EXPECT_EQ(fit(registered, on("DDR4", "ATX")), Fit::kUnknown);
}

TEST(Compatibility, TheLargestDriveCageSettingCounts) {
  const auto card = [](double length) { return thing("GPU", "Card", {{"length", mm(length)}}); };
  const Thing box = thing("PCCase", "Case", {{"max_video_card_length", s("267 mm / 10.5\" (with drive cages) 413 mm / 16.25\"")}});
  EXPECT_EQ(fit(card(300), box), Fit::kYes);
  EXPECT_EQ(fit(card(430), box), Fit::kNo);
  const Thing listed = thing("PCCase", "Case", {{"max_video_card_length", bare(280)}, {"max_video_card_length", bare(400)}});
  EXPECT_EQ(fit(card(390), listed), Fit::kYes);
  EXPECT_EQ(fit(card(403), listed), Fit::kUnknown);  // within what makers round
  EXPECT_EQ(fit(card(0), listed), Fit::kUnknown);
  const Thing inches = thing("PCCase", "Case", {{"max_video_card_length", Measure{13, *find_unit("in")}}});
  EXPECT_EQ(fit(card(330), inches), Fit::kYes);
  EXPECT_EQ(fit(card(340), inches), Fit::kNo);
}

TEST(Compatibility, SmallerBoardsFitLargerCases) {
  const auto of = [](const char* size) { return thing("Motherboard", "Board", {{"form_factor", s(size)}}); };
  const Thing atx = thing("PCCase", "Case", {{"supported_motherboard_form_factors", s("ATX")}});
  for (const char* size : {"ATX", "Micro ATX", "mATX", "Mini-ITX", "Mini ITX", "Thin Mini-ITX"}) EXPECT_EQ(fit(of(size), atx), Fit::kYes) << size;
  EXPECT_EQ(fit(of("E-ATX"), atx), Fit::kUnknown);
  const Thing small = thing("PCCase", "Case", {{"supported_motherboard_form_factors", s("Micro ATX, Mini-ITX")}});
  EXPECT_EQ(fit(of("ATX"), small), Fit::kNo);
  EXPECT_EQ(fit(of("EATX"), small), Fit::kNo);
}

TEST(Compatibility, PowerAddsUpOverTheBuild) {
  const auto processor = thing("CPU", "Processor", {{"specifications_tdp", bare(125)}});
  const auto card = [](double watts) { return thing("GPU", "Card", {{"tdp", bare(watts)}}); };
  const auto supply = thing("PSU", "Supply", {{"wattage", bare(650)}});
  EXPECT_EQ(all_of(rules().check_together({processor, card(300), supply})), Fit::kYes);
  EXPECT_EQ(all_of(rules().check_together({processor, card(575), supply})), Fit::kNo);
  EXPECT_EQ(all_of(rules().check_together({processor, card(450), supply})), Fit::kUnknown);
  EXPECT_EQ(all_of(rules().check_together({processor, card(0), supply})), Fit::kUnknown);
  EXPECT_EQ(fit(card(200), supply), Fit::kYes);
  EXPECT_EQ(fit(card(350), supply), Fit::kUnknown);  // it depends on the processor
  EXPECT_EQ(fit(card(640), supply), Fit::kNo);
}

TEST(Compatibility, CoolersListTheirSockets) {
  const Thing cooler = thing("CPUCooler", "Cooler", {{"cpu_sockets", s("AM4")}, {"cpu_sockets", s("LGA 1151")}});
  EXPECT_EQ(fit(cpu("AM4"), cooler), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA1151v2"), cooler), Fit::kYes);
  EXPECT_EQ(fit(cpu("LGA 1700"), cooler), Fit::kNo);
  EXPECT_EQ(fit(cpu("AM5"), cooler), Fit::kUnknown);
}

TEST(Compatibility, KindIsKnownFromCategoryOrFromTitleWithProof) {
  Thing by_category = cpu("AM4");
  by_category.kind = "";
  by_category.categories = {"Components", "Processors"};
  EXPECT_EQ(fit(by_category, board("AM4")), Fit::kYes);
  Thing by_title = board("AM4");
  by_title.kind = "";
  by_title.title = "MSI B550 gaming motherboard";
  EXPECT_EQ(fit(cpu("AM4"), by_title), Fit::kYes);
  by_title.attributes.clear();
  EXPECT_TRUE(rules().check(cpu("AM4"), by_title).checks.empty());
}

TEST(Compatibility, FactsOfTheShopperStandForWhatTheyState) {
  Thing told;
  told.title = "socket AM4";
  told.attributes = {{"socket", s("AM4")}};
  const Compatibility answer = rules().check(cpu("AM4"), told);
  EXPECT_EQ(answer.fit, Fit::kYes);
}

constexpr const char* kDoor = R"(
kinds:
  sofa: {words: [sofa], attributes: {width: {unit: cm}, depth: {unit: cm}, height: {unit: cm}}}
  door: {words: [door], attributes: {width: {names: [width, opening_width], unit: cm}, height: {unit: cm}}}
rules:
  - {id: sofa-door, test: fits_through, between: [sofa, door], left: [width, depth, height], right: [width, height], clearance: 2 cm, other_side: 195 cm}
)";

TEST(Compatibility, ABoxGoesThroughADoorInAnyOrientation) {
  const auto engine = Engine::load({{"door.yaml", kDoor}});
  ASSERT_TRUE(engine) << engine.error().message;
  const auto cm = [](double value) { return AttributeValue(Measure{value, *find_unit("cm")}); };
  const auto sofa = [&](double w, double d, double h) { return thing("sofa", "Sofa", {{"width", cm(w)}, {"depth", cm(d)}, {"height", cm(h)}}); };
  const Thing door = thing("door", "Door", {{"opening_width", Measure{76, *find_unit("cm")}}});
  EXPECT_EQ(engine->check(sofa(220, 95, 70), door).fit, Fit::kYes);   // on its back
  EXPECT_EQ(engine->check(sofa(220, 70, 95), door).fit, Fit::kYes);
  EXPECT_EQ(engine->check(sofa(220, 95, 85), door).fit, Fit::kNo);
  EXPECT_EQ(engine->check(sofa(220, 95, 75), door).fit, Fit::kUnknown);  // no room for hands
  EXPECT_EQ(engine->check(sofa(220, 210, 60), door).fit, Fit::kNo);
  EXPECT_EQ(engine->check(thing("sofa", "Sofa", {{"width", cm(220)}, {"depth", cm(95)}}), door).fit, Fit::kUnknown);
  const Compatibility answer = engine->check(sofa(220, 95, 85), door);
  EXPECT_EQ(answer.checks[0].left, "width 220 cm, depth 95 cm, height 85 cm");
}

TEST(CompatibilityEngine, TellsEveryFaultWithItsPlace) {
  EXPECT_EQ(faults("kinds: {tv: {words: [tv], atributes: {}}}"), "mine.yaml:1:27: unknown key 'atributes' in kind tv; did you mean 'attributes'?");
  EXPECT_EQ(faults("kinds:\n  tv: {words: [tv], attributes: {w: {unit: stones}}}"), "mine.yaml:2:44: unknown unit 'stones'");
  EXPECT_NE(faults("kinds: {tv: {words: [tv]}}\nrules:\n  - {id: a, test: same, between: [tv, radio], left: x, right: y}").find("mine.yaml:3:53: kind tv has no attribute 'x'"), std::string::npos);
  EXPECT_NE(faults("rules:\n  - {id: a, test: equal}").find("test must be one of same, goes_with, at_most, fits_through or sum, not 'equal'"), std::string::npos);
  EXPECT_NE(faults("values: {v: {extract: '('}}").find("mine.yaml:1:23: the pattern cannot be read"), std::string::npos);
  EXPECT_NE(faults("kinds: [").find("mine.yaml:"), std::string::npos);
  EXPECT_NE(faults("17").find("the file must be a map"), std::string::npos);
}

TEST(CompatibilityEngine, RefusesRulesThatCompareWhatIsNotComparable) {
  const std::string kinds = "kinds:\n  a: {words: [a], attributes: {n: {unit: cm}, t: {}}}\n  b: {words: [b], attributes: {n: {unit: kg}, t: {}}}\nrules:\n";
  EXPECT_NE(faults(kinds + "  - {id: r, test: at_most, between: [a, b], left: t, right: n}").find("needs a unit"), std::string::npos);
  EXPECT_NE(faults(kinds + "  - {id: r, test: same, between: [a, b], left: n, right: t}").find("compare it with at_most"), std::string::npos);
  EXPECT_NE(faults(kinds + "  - {id: r, test: at_most, between: [a, b], left: n, right: n}").find("not measured alike"), std::string::npos);
  EXPECT_NE(faults(kinds + "  - {id: r, test: sum, sum: [a.n], limit: b.n}").find("not measured as the limit is"), std::string::npos);
  EXPECT_NE(faults(kinds + "  - {id: r, test: same, between: [a, b], left: t, right: t}\n  - {id: r, test: same, between: [a, b], left: t, right: t}").find("defined twice"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker::compatibility
