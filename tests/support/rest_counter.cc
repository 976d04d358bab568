#include "tests/support/rest_counter.h"

#include <fstream>
#include <stdexcept>
#include <thread>

namespace floorwalker::test {

RestCounter::RestCounter(const std::string& adapter, const std::string& playbook) {
  std::ofstream(folder / "shop.yaml") << "extends: example-rest\nadapter: counter\nurl: " << front.url() << "\n" << adapter;
  std::ofstream(folder / "playbook.yaml") << "playbook: counter\n" << playbook;
  start_again();
}

void RestCounter::start_again() {
  composition.reset();
  cli::Settings settings;
  settings.shop = (folder / "shop.yaml").string();
  settings.playbook = (folder / "playbook.yaml").string();
  settings.state = (folder / "state").string();
  settings.log_level = "off";
  auto made = cli::Composition::create(settings);
  if (!made) throw std::runtime_error(made.error().message);
  composition = std::move(*made);
}

runner::Runner& RestCounter::runner() {
  auto made = composition->runner();
  if (!made) throw std::runtime_error(made.error().message);
  return made->get();
}

bool RestCounter::heal() {
  constexpr int kReads = 200'000;   // most of them refused at once by the breaker
  front.set_fault({});
  for (int tries = 0; tries < kReads; ++tries, std::this_thread::yield()) {
    const auto shop = composition->shop();
    if (!shop) continue;
    const auto none = shop->orders.find(OrderId("none"), "nobody@example.com");   // orders are always read from the shop itself
    if (!none && none.error().kind == ErrorKind::kNotFound) return true;
  }
  return false;
}

}  // namespace floorwalker::test
