#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/embedded/import_map.h"
#include "adapters/embedded/mapper.h"
#include "adapters/embedded/native.h"
#include "adapters/embedded/rows.h"

// Product files as anybody may write them: the first byte chooses the format, the rest is the file.
namespace {

using namespace floorwalker;
using namespace floorwalker::embedded;

constexpr std::size_t kMostRows = 2000;

ImportMap map_of(std::string_view yaml) { return load_map(yaml, "map.yaml").value(); }

const ImportMap& table_map() {
  static const ImportMap map = map_of(
      "map: t\nformat: csv\ndecimal: auto\ngroup_by: id\nproduct: {id: id, title: {from: name, html: true}, categories: {from: path, split: '>'}}\n"
      "variant: {price: price, compare_at: was, sale_price: sale, stock: left, min: min, options: {columns: {size: Size}, only_varying: true}}\n"
      "attributes: {rest: true, unit_in_name: true, split: ','}\n");
  return map;
}

const ImportMap& json_map() {
  static const ImportMap map = map_of(
      "map: j\nproduct: {id: id, title: title, categories: path}\nvariant: {price: {from: price, round: true}, options: {lists: options, max_variants: 50}}\n"
      "attributes: {inside: [specs], rest: true, units: {'*weight': {unit: g, over: 10, then: kg}}}\n");
  return map;
}

void map_rows(RowReader& rows, const ImportMap& map) {
  Mapper mapper(map, *Currency::parse("USD"));
  Record record;
  for (std::size_t row = 0; row < kMostRows; ++row) {
    const auto more = rows.next(record);
    if (!more || !*more) return;
    if (record.problem || mapper.skips(record.value)) continue;
    FieldProblems problems;
    Listing listing = mapper.part(record.value, Mapper::Row::kFirst, problems);
    Mapper::merge(listing, mapper.part(record.value, Mapper::Row::kFurther, problems));
    mapper.finish(listing, problems);
    if (problems.empty() && listing.product.variants.size() != listing.rules.size()) __builtin_trap();
  }
}

void read_native(RowReader& rows) {
  Record record;
  for (std::size_t row = 0; row < kMostRows; ++row) {
    const auto more = rows.next(record);
    if (!more || !*more) return;
    FieldProblems problems;
    const NativeRecord parsed = parse_native(record.value, *Currency::parse("USD"), problems);
    if (problems.empty() == std::holds_alternative<std::monostate>(parsed)) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: map_rows(*read_table(open_memory(file), 0), table_map()); break;
    case 1: map_rows(*read_json_lines(open_memory(file)), json_map()); break;
    case 2: read_native(*read_json_lines(open_memory(file))); break;
    default: static_cast<void>(load_map(file, "map.yaml")); break;
  }
  return 0;
}
