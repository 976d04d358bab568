#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/catalogue.h"

// Real data sets that lie beside the project and are no part of it: for measuring and for tests that skip without them.
namespace floorwalker::test {

// The folder of the data sets: $FLOORWALKER_SHARED/data, else ../shared/data beside the project. Nothing where there is none.
std::optional<std::filesystem::path> shared_data();

// Calls `visit` with every line of a gzip file (or plain file). Throws std::runtime_error if it cannot be read.
void each_line(const std::filesystem::path& file, const std::function<void(std::string_view)>& visit);

// The two catalogues as products, close to what the shipped import maps make of them.
std::vector<Product> icecat_products(const std::filesystem::path& file);
std::vector<Product> webshop_products(const std::filesystem::path& file);

struct RatedQuery {
  std::string query;
  std::map<std::string, int> grades;  // product -> 0..3
};
std::vector<RatedQuery> icecat_ratings(const std::filesystem::path& file);

}  // namespace floorwalker::test
