#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <memory>
#include <string>

#include "adapters/embedded/importer.h"
#include "adapters/embedded/shop.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"

namespace floorwalker::embedded {

// A shop in a temporary folder, and files to import into it.
class Importing : public testing::Test {
 protected:
  // Imports text under the name "goods"; several texts are goods, goods2 ...
  ImportReport import(const ImportMap& map, const std::vector<std::string>& texts, bool replace = false) {
    ImportRequest request;
    request.map = map;
    request.replace = replace;
    for (std::size_t i = 0; i < texts.size(); ++i) request.sources.push_back({i ? "goods" + std::to_string(i + 1) : "goods", texts[i]});
    return run(request);
  }

  ImportReport run(const ImportRequest& request) {
    auto report = import_files(*shop_, request);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(ImportReport());
  }

  static ImportMap map(const std::string& yaml) {
    auto loaded = load_map(yaml, "map.yaml");
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded.value_or(ImportMap());
  }

  static ImportMap shipped(const std::string& name) {
    const auto yaml = resources::find("adapters/embedded/maps/" + name + ".yaml");
    EXPECT_TRUE(yaml) << name;
    return map(std::string(yaml.value_or("")));
  }

  static ImportMap native() {
    ImportMap map;
    map.format = RowFormat::kNative;
    return map;
  }

  Product product(const std::string& id) {
    auto found = shop_->catalogue().product(ProductId(id));
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(Product());
  }

  // Ids in the catalogue's order.
  std::vector<std::string> ids() {
    std::vector<std::string> all;
    EXPECT_TRUE(shop_->catalogue().each([&](const Product& one) { return all.push_back(one.id.str()), true; }));
    return all;
  }

  std::string version() { return shop_->catalogue().version().value_or("?"); }

  static const AttributeValue* attribute(const Product& product, const std::string& name) {
    for (const Attribute& one : product.attributes) {
      if (one.name == name) return &one.value;
    }
    return nullptr;
  }

  static std::string attribute_text(const Product& product, const std::string& name) {
    std::string text;
    for (const Attribute& one : product.attributes) {
      if (one.name == name) text += (text.empty() ? "" : "|") + format(one.value);
    }
    return text;
  }

  std::filesystem::path write_gzip(const std::string& name, const std::string& text) {
    const auto file = folder_.path() / name;
    gzFile out = gzopen(file.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    return file;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Shop> shop_ = *Shop::create(folder_.path() / "shop.db");
};

}  // namespace floorwalker::embedded
