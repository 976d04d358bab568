#include "adapters/embedded/writer.h"

#include "adapters/embedded/catalogue.h"
#include "adapters/embedded/codec.h"

namespace floorwalker::embedded {

// Which products came in, and from where, is kept in a table of the connection's own: a million of them need no memory.
ShopWriter::ShopWriter(Connection& connection, const ImportRequest& request, ImportReport& report)
    : connection_(connection), request_(request), report_(report), currency_(read_currency(connection)) {
  connection_.db().exec("CREATE TEMP TABLE IF NOT EXISTS imported(id TEXT PRIMARY KEY, source INTEGER, line INTEGER) WITHOUT ROWID;"
                        "DELETE FROM temp.imported");
}

void ShopWriter::problem(std::size_t source, std::size_t line, const std::string& field, const std::string& message) {
  report_.problems.push_back({request_.sources[source].name(), line, field, message});
}

void ShopWriter::put(ImportItem& item) {
  for (FieldProblem& one : item.problems) problem(item.source, one.line ? one.line : item.line, one.field, one.message);
  if (item.skipped) ++report_.skipped;
  if (!report_.problems.empty()) {  // nothing will be kept: only look for further problems
    if (const auto* listing = std::get_if<Listing>(&item.record)) repeats(*listing, item);
    return;
  }
  if (auto* listing = std::get_if<Listing>(&item.record)) return put_listing(*listing, item);
  if (std::holds_alternative<OrderRecord>(item.record)) return orders_.push_back(std::move(item));
  if (const auto* settings = std::get_if<ShopSettings>(&item.record)) return put_settings(*settings);
  if (const auto* policy = std::get_if<Policy>(&item.record)) return put_policy(*policy);
  if (const auto* discount = std::get_if<DiscountRecord>(&item.record)) return put_discount(*discount);
  if (const auto* relation = std::get_if<Relation>(&item.record)) {
    ++report_.others;
    relations_.push_back({item.source, item.line, *relation});
    Query(connection_, "INSERT OR IGNORE INTO relations(source,kind,target,own,position) VALUES(?1,?2,?3,0,?4)", relation->from.str(),
          static_cast<int>(relation->kind), relation->to.str(), static_cast<std::int64_t>(relations_.size()))
        .run();
  }
}

// True if the product came in before and this one is not to take its place.
bool ShopWriter::repeats(const Listing& listing, const ImportItem& item) {
  const std::string& id = listing.product.id.str();
  {
    Query query(connection_, "INSERT OR IGNORE INTO temp.imported(id,source,line) VALUES(?1,?2,?3)", id,
                static_cast<std::int64_t>(item.source), static_cast<std::int64_t>(item.line));
    query.run();
  }
  if (connection_.db().getChanges() > 0) return false;
  if (request_.map.duplicates == Duplicates::kFirst) return true;
  if (request_.map.duplicates == Duplicates::kLast) return false;
  Query query(connection_, "SELECT source,line FROM temp.imported WHERE id=?1", id);
  query.step();
  const auto source = static_cast<std::size_t>(query.integer(0));
  problem(item.source, item.line, "id",
          in_quotes(id) + " is there already, from " + request_.sources[source].name() + ":" + std::to_string(query.integer(1)) +
              "; remove one, or let the map say which to keep (duplicates: first or last)");
  return true;
}

// A variant that belongs to another product is taken from it, unless that product came in with it too.
bool ShopWriter::claim_variants(const Listing& listing, const ImportItem& item) {
  for (const Variant& variant : listing.product.variants) {
    std::string owner;
    bool fresh = false;
    {
      Query query(connection_,
                  "SELECT p.id, EXISTS(SELECT 1 FROM temp.imported i WHERE i.id=p.id) FROM variants v JOIN products p ON p.seq=v.product"
                  " WHERE v.id=?1",
                  variant.id.str());
      if (!query.step()) continue;
      owner = query.text(0);
      fresh = query.integer(1) != 0;
    }
    if (owner == listing.product.id.str()) continue;
    if (fresh) {
      problem(item.source, item.line, "variants", "the variant " + in_quotes(variant.id.str()) + " is also one of product " + in_quotes(owner) +
                                                      "; variant ids have to be unique in the shop");
      return false;
    }
    Query(connection_, "DELETE FROM variants WHERE id=?1", variant.id.str()).run();
  }
  for (std::size_t i = 0; i < listing.product.variants.size(); ++i) {
    for (std::size_t j = 0; j < i && listing.product.variants.size() < 100; ++j) {
      if (listing.product.variants[i].id != listing.product.variants[j].id) continue;
      problem(item.source, item.line, "variants", "the id " + in_quotes(listing.product.variants[i].id.str()) + " occurs twice");
      return false;
    }
  }
  return true;
}

void ShopWriter::put_listing(Listing& listing, const ImportItem& item) {
  if (repeats(listing, item)) return;
  const auto before = read_listing(connection_, listing.product.id);
  if (!before) return problem(item.source, item.line, "id", before.error().message);
  for (const Relation& relation : listing.relations) relations_.push_back({item.source, item.line, relation});
  if (*before && **before == listing) {
    ++report_.unchanged;
    return;
  }
  if (!claim_variants(listing, item)) return;
  write_listing(connection_, listing);
  report_.variants += listing.product.variants.size();
  ++(*before ? report_.updated : report_.added);
}

void ShopWriter::put_settings(const ShopSettings& settings) {
  ++report_.others;
  set_meta(connection_, "name", settings.name);
  set_meta(connection_, "checkout_url", settings.checkout_url);
}

void ShopWriter::put_policy(const Policy& policy) {
  ++report_.others;
  policies_.insert(policy.id.str());
  const Blob applies_to = pack_texts(policy.applies_to);
  Query(connection_,
        "INSERT INTO policies(id,topic,title,body,date,applies_to) VALUES(?1,?2,?3,?4,?5,?6)"
        " ON CONFLICT(id) DO UPDATE SET topic=?2,title=?3,body=?4,date=?5,applies_to=?6",
        policy.id.str(), policy.topic, policy.title, policy.text, policy.date, applies_to)
      .run();
}

void ShopWriter::put_discount(const DiscountRecord& discount) {
  ++report_.others;
  discounts_.insert(discount.code);
  Query(connection_,
        "INSERT INTO discounts(code,basis_points,amount,min_total,active) VALUES(?1,?2,?3,?4,?5)"
        " ON CONFLICT(code) DO UPDATE SET code=?1,basis_points=?2,amount=?3,min_total=?4,active=?5",
        discount.code, discount.basis_points, discount.amount, discount.min_total, discount.active ? 1 : 0)
      .run();
}

// Lines take from the shop what the order does not tell.
void ShopWriter::put_order(OrderRecord& record, const ImportItem& item) {
  ++report_.others;
  Order& order = record.order;
  std::int64_t sum = 0;
  for (OrderLine& line : order.lines) {
    Query query(connection_, "SELECT p.title,v.options,v.price FROM variants v JOIN products p ON p.seq=v.product WHERE v.id=?1",
                line.variant.str());
    const bool known = query.step();
    if (!known && (line.title.empty() || line.unit_price.minor < 0)) {
      return problem(item.source, item.line, "lines", "there is no variant " + in_quotes(line.variant.str()) +
                                                          "; mend the id, or tell title and unit_price of what is no longer sold");
    }
    if (line.title.empty()) {
      line.title = query.text(0);
      if (auto options = unpack_options(query.view(1)); options && line.options.empty()) line.options = std::move(*options);
    }
    if (line.unit_price.minor < 0) line.unit_price.minor = query.integer(2);
    sum += line.unit_price.minor * line.quantity;
  }
  if (!record.total_told) order.total.minor = sum;
  const Blob packed = pack_order(order);
  Query(connection_, "INSERT INTO orders(id,email,record) VALUES(?1,?2,?3) ON CONFLICT(id) DO UPDATE SET email=?2,record=?3",
        order.id.str(), record.email, packed)
      .run();
}

void ShopWriter::check_relations() {
  for (const PlacedRelation& placed : relations_) {
    for (const ProductId& id : {placed.relation.from, placed.relation.to}) {
      Query query(connection_, "SELECT 1 FROM products WHERE id=?1", id.str());
      if (!query.step()) problem(placed.source, placed.line, "relations", "there is no product " + in_quotes(id.str()));
    }
  }
}

void ShopWriter::check_variants_left() {
  Query query(connection_, "SELECT id FROM products WHERE seq NOT IN (SELECT product FROM variants) LIMIT 5");
  while (query.step()) {
    problem(0, 0, "variants", "product " + in_quotes(query.view(0)) + " would be left without variants, as another product now has them; "
                              "import that product too, or use --replace");
  }
}

void ShopWriter::remove_absent() {
  std::vector<std::string> absent;
  {
    Query query(connection_, "SELECT id FROM products WHERE id NOT IN (SELECT id FROM temp.imported) ORDER BY seq");
    while (query.step()) absent.push_back(query.text(0));
  }
  for (const std::string& id : absent) remove_product(connection_, ProductId(id));
  report_.removed = absent.size();
  const auto remove_others = [this](const std::set<std::string>& kept, std::string_view all, std::string_view remove) {
    if (kept.empty()) return;  // the sources say nothing about these
    std::vector<std::string> gone;
    {
      Query query(connection_, all);
      while (query.step()) {
        if (!kept.count(query.text(0))) gone.push_back(query.text(0));
      }
    }
    for (const std::string& id : gone) Query(connection_, remove, id).run();
  };
  remove_others(policies_, "SELECT id FROM policies", "DELETE FROM policies WHERE id=?1");
  remove_others(discounts_, "SELECT code FROM discounts", "DELETE FROM discounts WHERE code=?1");
}

Result<void> ShopWriter::finish() {
  if (report_.problems.empty() && request_.replace) remove_absent();
  if (report_.problems.empty()) {
    check_relations();
    check_variants_left();
    for (ImportItem& item : orders_) put_order(std::get<OrderRecord>(item.record), item);
  }
  connection_.db().exec("DELETE FROM temp.imported");
  if (report_.problems.empty()) return {};
  return fail(ErrorKind::kInvalidArgument, "The import has problems; nothing was changed.");
}

}  // namespace floorwalker::embedded
