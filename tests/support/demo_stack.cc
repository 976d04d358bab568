#include "tests/support/demo_stack.h"

#include <stdexcept>
#include <vector>

#include "adapters/embedded/demo_shop.h"
#include "agent/resources/resources.h"
#include "tools/compatibility/engine.h"
#include "tools/search/index.h"
#include "tools/shop.h"

namespace floorwalker::test {
namespace {

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().detail);
  return std::move(*result);
}

std::vector<embedded::DemoFile> demo_files() {
  std::vector<embedded::DemoFile> files;
  for (const resources::Resource& file : resources::under("adapters/embedded/demo/")) files.push_back({file.path, file.bytes});
  return files;
}

}  // namespace

DemoStack::DemoStack(const std::filesystem::path& folder, Model& model, Journal& journal, const Wrap& wrap, const Adjust& adjust)
    : shop_(must(embedded::open_demo_shop(folder / "demo-shop.db", demo_files()))) {
  search_ = std::make_unique<search::IndexedSearch>(shop_->catalogue(),
                                                    must(search::load_or_build_index(shop_->catalogue(), folder / "demo-shop.db.index")));
  const tools::Shop offered{&shop_->catalogue(), search_.get(), &shop_->carts(), &shop_->policies(), &shop_->orders(), &shop_->desk()};
  const tools::Knowledge knowledge{std::make_shared<const Playbook>(), std::make_shared<const compatibility::Engine>()};
  registry_ = std::make_unique<tools::Registry>(tools::shop_tools(offered, knowledge));
  if (wrap) wrapped_ = wrap(*registry_);
  ToolBox& tools = wrapped_ ? *wrapped_ : static_cast<ToolBox&>(*registry_);
  PlannerRules rules;
  for (const ToolSpec& spec : tools.specs()) {
    if (spec.effect == ToolEffect::kWrite) rules.writes.push_back(spec.name);
  }
  GateMaker make_gate = [] { return std::make_unique<OpenGate>(); };
  if (adjust) adjust(rules, make_gate);
  runner_ = std::make_unique<runner::Runner>(runner::Services{{&model}, tools, journal, clock_, std::move(make_gate)}, rules, runner::Options{});
}

DemoStack::~DemoStack() = default;

}  // namespace floorwalker::test
