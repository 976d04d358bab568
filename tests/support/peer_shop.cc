#include "tests/support/peer_shop.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tools/registry.h"

namespace floorwalker::test {
namespace {

using nlohmann::json;

ToolSpec spec_of(const json& tool) {
  const std::string name = tool.at("name");
  return {name, tool.at("description"), tool.at("parameters").dump(), name == "add_to_cart" ? ToolEffect::kWrite : ToolEffect::kRead};
}

tools::Answer product_of(const std::map<std::string, std::string>& products, const std::string& sku) {
  const auto found = products.find(sku);
  if (found == products.end()) return tools::refuse(ErrorKind::kNotFound, "no such sku " + sku, "sku");
  return found->second;
}

}  // namespace

PeerShop PeerShop::load(const std::filesystem::path& file) {
  std::ifstream in(file);
  const json shop = json::parse(in);
  PeerShop loaded;
  loaded.system = shop.at("system");
  loaded.user = shop.at("user");
  std::map<std::string, std::string> products;
  for (const auto& [sku, product] : shop.at("products").items()) products[sku] = product.dump();
  std::vector<tools::Tool> all;
  for (const json& tool : shop.at("tools")) {
    tools::Tool made{spec_of(tool), nullptr};
    if (made.spec.name == "search_catalogue") {
      made.handle = [answer = shop.at("search").dump()](const tools::Arguments&, const ToolContext&) -> tools::Answer { return answer; };
    } else if (made.spec.name == "get_product") {
      made.handle = [products](const tools::Arguments& args, const ToolContext&) { return product_of(products, args.text("sku")); };
    } else {
      made.handle = [products, cart = shop.at("cart").dump()](const tools::Arguments& args, const ToolContext&) -> tools::Answer {
        auto known = product_of(products, args.text("sku"));
        if (!known) return known;
        return cart;
      };
    }
    all.push_back(std::move(made));
  }
  loaded.tools = std::make_unique<tools::Registry>(std::move(all));
  return loaded;
}

}  // namespace floorwalker::test
