#include "tests/support/memory_catalogue.h"

namespace floorwalker::test {

MemoryCatalogue::MemoryCatalogue(std::vector<Product> products, std::string currency) : currency_(*Currency::parse(currency)) {
  for (Product& product : products) add(std::move(product));
}

void MemoryCatalogue::add(Product product) {
  at_[product.id.str()] = products_.size();
  products_.push_back(std::move(product));
}

Product* MemoryCatalogue::find(const std::string& id) {
  const auto found = at_.find(id);
  return found == at_.end() ? nullptr : &products_[found->second];
}

void MemoryCatalogue::remove(const std::string& id) { at_.erase(id); }

Result<Product> MemoryCatalogue::product(const ProductId& id) {
  const Product* found = find(id.str());
  if (!found) return fail(ErrorKind::kNotFound, "There is no product " + id.str() + ".");
  ++reads;
  return *found;
}

Result<std::vector<Product>> MemoryCatalogue::products(const std::vector<ProductId>& ids) {
  std::vector<Product> result;
  for (const ProductId& id : ids) {
    if (const Product* found = find(id.str())) result.push_back(*found);
  }
  reads += result.size();
  return result;
}

Result<ProductId> MemoryCatalogue::product_of(const VariantId& id) {
  for (const Product& product : products_) {
    for (const Variant& variant : product.variants) {
      if (variant.id == id) return product.id;
    }
  }
  return fail(ErrorKind::kNotFound, "There is no variant " + id.str() + ".");
}

Result<void> MemoryCatalogue::each(const std::function<bool(const Product&)>& visit) {
  for (const Product& product : products_) {
    if (at_.count(product.id.str()) && !visit(product)) break;
  }
  return {};
}

Result<std::vector<Relation>> MemoryCatalogue::relations(const ProductId& id) {
  std::vector<Relation> result;
  for (const Relation& relation : relations_) {
    if (relation.from == id) result.push_back(relation);
  }
  return result;
}

}  // namespace floorwalker::test
