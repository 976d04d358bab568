#include "adapters/embedded/catalogue.h"

#include <charconv>

#include "adapters/embedded/codec.h"

namespace floorwalker::embedded {

namespace {

constexpr std::string_view kProductById = "SELECT seq,id,title,details FROM products WHERE id=?1";
constexpr std::string_view kVariantsOf =
    "SELECT id,sku,options,price,compare_at,availability,count,least,most,pack FROM variants WHERE product=?1 ORDER BY position";
constexpr const char* kVersion = "catalogue";

// Reads the row that `query` stands on, in the columns of kVariantsOf.
Result<Variant> read_variant(Query& query, const Currency& currency) {
  Variant variant;
  variant.id = VariantId(query.text(0));
  variant.sku = query.text(1);
  auto options = unpack_options(query.view(2));
  if (!options) return fail(std::move(options.error()));
  variant.options = std::move(*options);
  variant.price = Money{query.integer(3), currency};
  if (const auto before = query.maybe_integer(4)) variant.compare_at = Money{*before, currency};
  variant.stock.availability = static_cast<Availability>(query.integer(5));
  variant.stock.count = query.maybe_integer(6);
  return variant;
}

SellingRule read_rule(Query& query) { return {query.integer(7), query.maybe_integer(8), query.integer(9)}; }

struct Row {
  std::int64_t seq = 0;
  Product product;
};

// Reads the row that `query` stands on, in the columns of kProductById; without variants.
Result<Row> read_row(Query& query) {
  Row row;
  row.seq = query.integer(0);
  row.product.id = ProductId(query.text(1));
  row.product.title = query.text(2);
  if (auto read = unpack_details(query.view(3), row.product); !read) return fail(std::move(read.error()));
  return row;
}

Result<void> add_variants(Connection& connection, const Currency& currency, Row& row, std::vector<SellingRule>* rules = nullptr) {
  Query query(connection, kVariantsOf, row.seq);
  while (query.step()) {
    auto variant = read_variant(query, currency);
    if (!variant) return fail(std::move(variant.error()));
    row.product.variants.push_back(std::move(*variant));
    if (rules) rules->push_back(read_rule(query));
  }
  return {};
}

Result<std::optional<Row>> find_row(Connection& connection, const ProductId& id) {
  Query query(connection, kProductById, id.str());
  if (!query.step()) return std::optional<Row>();
  auto row = read_row(query);
  if (!row) return fail(std::move(row.error()));
  return std::optional<Row>(std::move(*row));
}

Result<std::optional<Product>> find_product(Connection& connection, const Currency& currency, const ProductId& id) {
  auto row = find_row(connection, id);
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Product>();
  if (auto added = add_variants(connection, currency, **row); !added) return fail(std::move(added.error()));
  return std::optional<Product>(std::move((*row)->product));
}

// The version is the sum of the products' hashes: it follows each change without looking at the others, and the same catalogue has the
// same version whatever the order in which it was imported.
void shift_version(Connection& connection, std::uint64_t add, std::uint64_t subtract) {
  const std::string before = get_meta(connection, kVersion);
  std::uint64_t sum = 0;
  std::from_chars(before.data(), before.data() + before.size(), sum, 16);
  char text[17] = {};
  const auto end = std::to_chars(text, text + 16, sum + add - subtract, 16);
  set_meta(connection, kVersion, std::string(text, end.ptr));
}

struct Known {
  std::int64_t seq = 0;
  std::uint64_t hash = 0;
};

std::optional<Known> find_known(Connection& connection, const ProductId& id) {
  Query query(connection, "SELECT seq,hash FROM products WHERE id=?1", id.str());
  if (!query.step()) return std::nullopt;
  return Known{query.integer(0), static_cast<std::uint64_t>(query.integer(1))};
}

std::int64_t write_row(Connection& connection, const Product& product, std::uint64_t hash, const std::optional<Known>& known) {
  const Blob details = pack_details(product);
  const auto stored = static_cast<std::int64_t>(hash);
  if (known) {
    Query(connection, "UPDATE products SET title=?2,details=?3,hash=?4 WHERE seq=?1", known->seq, product.title, details, stored).run();
    return known->seq;
  }
  Query(connection, "INSERT INTO products(id,title,details,hash) VALUES(?1,?2,?3,?4)", product.id.str(), product.title, details, stored)
      .run();
  return connection.db().getLastInsertRowid();
}

void write_variant(Connection& connection, std::int64_t product, std::int64_t position, const Variant& variant, const SellingRule& rule) {
  const Blob options = pack_options(variant.options);
  const auto before = variant.compare_at ? std::optional(variant.compare_at->minor) : std::nullopt;
  Query(connection,
        "INSERT INTO variants(product,position,id,sku,options,price,compare_at,availability,count,least,most,pack)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
        product, position, variant.id.str(), variant.sku, options, variant.price.minor, before, static_cast<int>(variant.stock.availability),
        variant.stock.count, rule.least, rule.most, rule.pack)
      .run();
}

}  // namespace

Currency read_currency(Connection& connection) { return Currency::parse(get_meta(connection, "currency")).value_or(Currency()); }

Result<Product> SqliteCatalogue::product(const ProductId& id) {
  return store_.read([&](Connection& connection) -> Result<Product> {
    auto product = find_product(connection, read_currency(connection), id);
    if (!product) return fail(std::move(product.error()));
    if (!*product) return fail(ErrorKind::kNotFound, "There is no product \"" + id.str() + "\".");
    return std::move(**product);
  });
}

Result<std::vector<Product>> SqliteCatalogue::products(const std::vector<ProductId>& ids) {
  return store_.read([&](Connection& connection) -> Result<std::vector<Product>> {
    const Currency currency = read_currency(connection);
    std::vector<Product> found;
    found.reserve(ids.size());
    for (const ProductId& id : ids) {
      auto product = find_product(connection, currency, id);
      if (!product) return fail(std::move(product.error()));
      if (*product) found.push_back(std::move(**product));
    }
    return found;
  });
}

Result<ProductId> SqliteCatalogue::product_of(const VariantId& id) {
  return store_.read([&](Connection& connection) -> Result<ProductId> {
    Query query(connection, "SELECT p.id FROM variants v JOIN products p ON p.seq=v.product WHERE v.id=?1", id.str());
    if (!query.step()) return fail(ErrorKind::kNotFound, "There is no variant \"" + id.str() + "\".");
    return ProductId(query.text(0));
  });
}

Result<void> SqliteCatalogue::each(const std::function<bool(const Product&)>& visit) {
  return store_.read([&](Connection& connection) -> Result<void> {
    const Currency currency = read_currency(connection);
    Query query(connection, "SELECT seq,id,title,details FROM products ORDER BY seq");
    while (query.step()) {
      auto row = read_row(query);
      if (!row) return fail(std::move(row.error()));
      if (auto added = add_variants(connection, currency, *row); !added) return fail(std::move(added.error()));
      if (!visit(row->product)) break;
    }
    return {};
  });
}

Result<std::vector<Relation>> SqliteCatalogue::relations(const ProductId& id) {
  return store_.read([&](Connection& connection) -> Result<std::vector<Relation>> {
    std::vector<Relation> found;
    Query query(connection, "SELECT kind,target FROM relations WHERE source=?1 ORDER BY kind,own DESC,position", id.str());
    while (query.step()) found.push_back({id, static_cast<RelationKind>(query.integer(0)), ProductId(query.text(1))});
    return found;
  });
}

Currency SqliteCatalogue::currency() const {
  const auto currency = store_.read([](Connection& connection) -> Result<Currency> { return read_currency(connection); });
  return currency.value_or(Currency());
}

Result<std::string> SqliteCatalogue::version() {
  return store_.read([](Connection& connection) -> Result<std::string> { return get_meta(connection, kVersion); });
}

Result<std::optional<Listing>> read_listing(Connection& connection, const ProductId& id) {
  auto row = find_row(connection, id);
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<Listing>();
  Listing listing;
  if (auto added = add_variants(connection, read_currency(connection), **row, &listing.rules); !added) return fail(std::move(added.error()));
  listing.product = std::move((*row)->product);
  Query query(connection, "SELECT kind,target FROM relations WHERE source=?1 AND own=1 ORDER BY position", id.str());
  while (query.step()) listing.relations.push_back({id, static_cast<RelationKind>(query.integer(0)), ProductId(query.text(1))});
  return std::optional<Listing>(std::move(listing));
}

void write_listing(Connection& connection, const Listing& listing) {
  const Product& product = listing.product;
  const std::uint64_t hash = content_hash(product);
  const std::optional<Known> known = find_known(connection, product.id);
  const std::int64_t seq = write_row(connection, product, hash, known);
  shift_version(connection, hash, known ? known->hash : 0);
  if (known) {
    Query(connection, "DELETE FROM variants WHERE product=?1", seq).run();
    Query(connection, "DELETE FROM relations WHERE source=?1 AND own=1", product.id.str()).run();
  }
  for (std::size_t i = 0; i < product.variants.size(); ++i) {
    write_variant(connection, seq, static_cast<std::int64_t>(i), product.variants[i], listing.rules[i]);
  }
  std::int64_t position = 0;
  for (const Relation& relation : listing.relations) {
    Query(connection, "INSERT OR REPLACE INTO relations(source,kind,target,own,position) VALUES(?1,?2,?3,1,?4)", product.id.str(),
          static_cast<int>(relation.kind), relation.to.str(), position++)
        .run();
  }
}

void remove_product(Connection& connection, const ProductId& id) {
  const std::optional<Known> known = find_known(connection, id);
  if (!known) return;
  shift_version(connection, 0, known->hash);
  Query(connection, "DELETE FROM variants WHERE product=?1", known->seq).run();
  Query(connection, "DELETE FROM relations WHERE source=?1 OR target=?1", id.str()).run();
  Query(connection, "DELETE FROM products WHERE seq=?1", known->seq).run();
}

Result<void> refresh_version(Connection& connection, const ProductId& id) {
  auto product = find_product(connection, read_currency(connection), id);
  if (!product) return fail(std::move(product.error()));
  const std::optional<Known> known = find_known(connection, id);
  if (!*product || !known) return fail(ErrorKind::kNotFound, "There is no product \"" + id.str() + "\".");
  const std::uint64_t hash = content_hash(**product);
  shift_version(connection, hash, known->hash);
  Query(connection, "UPDATE products SET hash=?2 WHERE seq=?1", known->seq, static_cast<std::int64_t>(hash)).run();
  return {};
}

}  // namespace floorwalker::embedded
