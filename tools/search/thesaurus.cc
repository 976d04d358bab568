#include "tools/search/thesaurus.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace floorwalker::search {
namespace {

// Groups of names for one thing, singular. General retail English; nothing of one shop. British and American forms stand together.
using Groups = std::vector<std::vector<std::string>>;

Groups devices() {
  return {
      {"laptop", "notebook", "notebook computer", "laptop computer"},
      {"computer", "pc", "desktop computer"},
      {"tv", "television", "telly"},
      {"phone", "telephone"},
      {"smartphone", "mobile phone", "cell phone", "cellphone"},
      {"earphone", "earbud", "in ear headphone"},
      {"headphone", "earphone"},
      {"over ear", "around ear", "circumaural"},
      {"on ear", "supraaural"},
      {"camcorder", "video camera"},
      {"digital camera", "compact camera"},
      {"flashlight", "torch"},
      {"usb stick", "flash drive", "usb drive", "thumb drive", "pen drive", "memory stick"},
      {"hard drive", "hard disk", "hdd"},
      {"solid state drive", "ssd"},
      {"sd card", "memory card"},
      {"graphics card", "video card", "gpu"},
      {"motherboard", "mainboard"},
      {"cpu", "processor"},
      {"router", "wireless router"},
      {"printer", "printing machine"},
      {"monitor", "display", "computer screen"},
      {"optical drive", "cd drive", "dvd drive"},
      {"speaker", "loudspeaker"},
      {"game console", "video game console", "games console"},
  };
}

Groups home_and_wear() {
  return {
      {"fridge", "refrigerator"},
      {"hob", "cooktop"},
      {"stove", "cooker"},
      {"vacuum cleaner", "hoover", "vacuum"},
      {"hair dryer", "hairdryer", "blow dryer"},
      {"microwave oven", "microwave"},
      {"sofa", "couch", "settee"},
      {"armchair", "easy chair"},
      {"wardrobe", "closet", "armoire"},
      {"nightstand", "bedside table"},
      {"duvet", "comforter", "quilt"},
      {"rug", "carpet"},
      {"curtain", "drape"},
      {"lamp", "light"},
      {"trash can", "garbage can", "waste bin", "rubbish bin", "dustbin"},
      {"tap", "faucet"},
      {"sneaker", "trainer", "running shoe"},
      {"trousers", "pants"},
      {"jumper", "sweater", "pullover"},
      {"sweatshirt", "hoodie"},
      {"t shirt", "tshirt", "tee"},
      {"swimsuit", "bathing suit", "swimming costume"},
      {"underwear", "undergarment"},
      {"handbag", "purse"},
      {"wallet", "billfold"},
      {"backpack", "rucksack"},
      {"suitcase", "luggage"},
      {"jewelry", "jewellery"},
      {"eyeglasses", "glasses", "spectacles"},
      {"diaper", "nappy"},
      {"stroller", "pram", "pushchair", "baby carriage"},
      {"moisturiser", "moisturizer", "moisturising cream", "moisturizing cream"},
      {"sunscreen", "sun cream", "sunblock"},
      {"cleanser", "face wash", "facial cleanser"},
      {"soft drink", "soda"},
      {"candy", "sweets"},
      {"cookie", "biscuit"},
      {"chips", "crisps"},
      {"cover", "case"},
  };
}

Groups parts_and_properties() {
  return {
      {"extension cord", "extension lead", "power strip"},
      {"power supply", "psu", "power supply unit"},
      {"charger", "power adapter"},
      {"cord", "cable", "lead"},
      {"ram", "memory module"},
      {"gray", "grey"},
      {"color", "colour"},
      {"aluminum", "aluminium"},
      {"wireless", "cordless"},
      {"screen size", "display size", "display diagonal", "screen diagonal", "diagonal"},
      {"memory", "ram", "internal memory"},
      {"storage", "capacity", "storage capacity", "total storage capacity", "disk space"},
      {"battery life", "battery runtime", "battery time"},
      {"resolution", "display resolution", "screen resolution"},
      {"refresh rate", "display refresh rate"},
      {"fabric", "material", "upholstery"},
  };
}

const Groups& groups() {
  static const Groups kGroups = [] {
    Groups all = devices();
    for (Groups more : {home_and_wear(), parts_and_properties()}) std::move(more.begin(), more.end(), std::back_inserter(all));
    return all;
  }();
  return kGroups;
}

}  // namespace

std::vector<std::string> everyday_synonyms(std::string_view phrase) {
  static const auto kIndex = [] {
    std::unordered_map<std::string_view, std::vector<std::size_t>> built;
    for (std::size_t group = 0; group < groups().size(); ++group) {
      for (const std::string& name : groups()[group]) built[name].push_back(group);
    }
    return built;
  }();
  std::vector<std::string> found;
  const auto at = kIndex.find(phrase);
  if (at == kIndex.end()) return found;
  for (const std::size_t group : at->second) {
    for (const std::string& name : groups()[group]) {
      if (name != phrase && std::find(found.begin(), found.end(), name) == found.end()) found.push_back(name);
    }
  }
  return found;
}

}  // namespace floorwalker::search
