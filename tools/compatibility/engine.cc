#include "tools/compatibility/engine.h"

namespace floorwalker::compatibility {

struct Engine::Rules {};

Engine::Engine() : rules_(std::make_unique<const Rules>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Thing thing_of(const Product& product, std::string kind) {
  Thing thing{product.id, product.title, kind.empty() ? product.kind : std::move(kind), {}, product.attributes};
  for (const auto& path : product.categories) thing.categories.insert(thing.categories.end(), path.begin(), path.end());
  return thing;
}

Compatibility Engine::check(const Thing& a, const Thing& b) const {
  return {a.id, b.id, a.title, b.title, Fit::kUnknown, {}};
}

}  // namespace floorwalker::compatibility
