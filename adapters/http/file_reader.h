#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/adapter_file.h"
#include "agent/core/playbook/reader.h"

// How the pieces that adapter files are made of are read from YAML. For adapter_file.cc and maps_file.cc.
namespace floorwalker::http {

class FileReader {
 public:
  // Where a variable was named: looked up once the whole file is read and all names are known.
  struct Use {
    std::string name, operation;
    SourcePosition at;
    yaml::Path path;
    bool header = false;   // the only place where secrets may go
  };

  explicit FileReader(std::vector<Finding>& findings) : yaml(findings, nullptr) {}

  yaml::Field selector(std::optional<Selector>& out);
  yaml::Field selectors(std::vector<Selector>& out);          // one, or a list of which the first that finds something counts
  yaml::Field field(Field& out);
  yaml::Field money(MoneyField& out);
  yaml::Field text_template(TextTemplate& out, bool header = false);
  yaml::Field templates(std::vector<std::pair<std::string, TextTemplate>>& out, bool headers);
  yaml::Field json(JsonTemplate& out);

  yaml::Field product(ProductMap& out);
  yaml::Field cart(CartMap& out);
  yaml::Field order(OrderMap& out);
  yaml::Field policy(PolicyMap& out);

  yaml::Reader yaml;
  std::string operation;        // that is being read, "" outside of operations
  std::vector<Use> uses;

 private:
  void note(const std::vector<std::string>& names, const yaml::Node& node, const yaml::Path& path, bool header = false);
  std::optional<Selector> parse_selector(const yaml::Node& node, const yaml::Path& path);
  void composed(Field& out, const yaml::Node& node, const yaml::Path& path);

  yaml::Field options(OptionsMap& out);
  yaml::Field stock(StockMap& out);
  yaml::Field attribute(AttributeRule& out);
  yaml::Field categories(CategoriesMap& out);
  yaml::Field variants(VariantMap& out);
  yaml::Field lines(LineMap& out);
};

}  // namespace floorwalker::http
