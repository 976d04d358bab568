#include "tests/support/rest_counter.h"

#include <fstream>
#include <stdexcept>

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

}  // namespace floorwalker::test
