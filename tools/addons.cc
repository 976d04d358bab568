#include <algorithm>

#include "agent/core/playbook/selling_rules.h"
#include "agent/core/text.h"
#include "tools/fitting.h"
#include "tools/products.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

constexpr std::size_t kCandidates = 8;  // looked at for one rule

// What one call to suggest_addons works with.
struct Offer {
  const Shop& shop;
  const Knowledge& knowledge;
  Product product;
  std::string kind;                       // of the product
  std::vector<Product> related;           // accessories and companions, in the shop's order
  std::vector<std::pair<std::string, std::string>> said;
  std::vector<std::string> declined;
  std::vector<ProductId> in_cart;
  Addons answer;
  std::vector<Considered> considered;     // of each rule what came of it; those that acted brought the first add-ons, in their order
};

// `needs: wall` holds where the shopper named that need, under whatever slot; any other condition where that slot has that value.
bool said_so(const Offer& offer, const AddonRule& rule) {
  return std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& wanted) {
    const bool need = same_name(wanted.first, "needs") || same_name(wanted.first, "need");
    return std::any_of(offer.said.begin(), offer.said.end(), [&](const auto& one) {
      if (need) return same_name(one.first, wanted.second) || same_name(one.second, wanted.second);
      return same_name(one.first, wanted.first) && same_name(one.second, wanted.second);
    });
  });
}

bool declined(const Offer& offer, const Product& product, const std::string& kind) {
  return std::any_of(offer.declined.begin(), offer.declined.end(), [&](const std::string& word) {
    return same_name(word, product.id.str()) || same_name(word, "upsell") || is_of_kind(product, kind, word);
  });
}

bool taken(const Offer& offer, const ProductId& id) {
  const auto& addons = offer.answer.addons;
  return id == offer.product.id || std::count(offer.in_cart.begin(), offer.in_cart.end(), id) ||
         std::any_of(addons.begin(), addons.end(), [&](const Addon& one) { return one.product.id == id; });
}

// How well the product fits, or why it may not be offered.
tl::expected<Fit, std::string> offerable(const Offer& offer, const Product& product, const std::string& kind) {
  const auto not_offered = [&](const std::string& why) { return tl::unexpected(product.id.str() + " " + why); };
  if (taken(offer, product.id)) return not_offered("is taken already");
  if (declined(offer, product, kind)) return not_offered("was declined");
  if (availability_of(product) == Availability::kOutOfStock) return not_offered("is sold out");
  const Compatibility found = fit_of(offer.shop, offer.knowledge, offer.product, product);
  if (found.fit != Fit::kNo) return found.fit;
  const auto against = std::find_if(found.checks.begin(), found.checks.end(), [](const Compatibility::Check& check) { return check.fit == Fit::kNo; });
  return not_offered("does not fit" + (against == found.checks.end() ? "" : ": " + against->left + " / " + against->right));
}

// Products of a kind: those related to the product first, then what search finds, in its order.
std::vector<Product> candidates(const Offer& offer, const std::string& kind) {
  std::vector<Product> found;
  for (const Product& product : offer.related) {
    if (is_of_kind(product, kind_of(offer.shop, product), kind)) found.push_back(product);
  }
  SearchRequest request;
  request.words = text::spaced(kind);
  request.limit = kCandidates;
  const auto page = offer.shop.search->search(request);
  if (!page || page->outcome != SearchOutcome::kFound) return found;
  std::vector<ProductId> ids;
  for (const ProductCard& card : page->products) {
    const auto same = [&](const Product& one) { return one.id == card.id; };
    const bool known = std::any_of(found.begin(), found.end(), same);
    if (!known && (same_name(card.kind, kind) || same_name(page->kind, kind) || card.kind.empty())) ids.push_back(card.id);
  }
  const auto products = offer.shop.catalogue->products(ids);
  if (products) found.insert(found.end(), products->begin(), products->end());
  return found;
}

void put(Offer& offer, const Product& product, Addon::Tier tier, std::string reason, Fit fit) {
  ProductCard card = card_of(product, 6);
  if (card.variants.size() > 6) card.variants.clear();
  offer.answer.addons.push_back({tier, std::move(card), std::move(reason), fit});
}

// The best product for a rule: one that is known to fit before one that nothing is known of. What was offered, or why nothing was.
Considered by_rule(Offer& offer, const AddonRule& rule) {
  const auto found = candidates(offer, rule.kind);
  std::string passed_over;
  const Product* unknown = nullptr;
  const auto put_in = [&](const Product& product, Fit fit) -> Considered {
    put(offer, product, rule.tier, rule.reason.empty() ? "goes with " + offer.product.title : rule.reason, fit);
    return {rule_name(rule), Considered::Came::kActed, "brings " + product.id.str() + ", fit " + std::string(to_string(fit)) + passed_over};
  };
  for (const Product& product : found) {
    const auto fit = offerable(offer, product, rule.kind);
    if (!fit) passed_over += "; " + fit.error();
    else if (*fit == Fit::kYes) return put_in(product, Fit::kYes);
    else if (!unknown) unknown = &product;
  }
  if (unknown) return put_in(*unknown, Fit::kUnknown);
  return {rule_name(rule), Considered::Came::kPassed, found.empty() ? "the shop has no '" + rule.kind + "'" : "none can be offered" + passed_over};
}

// What came of a rule: it is for another kind, its condition was not said, or the search for a product.
Considered consider(Offer& offer, const AddonRule& rule) {
  const auto passed = [&](std::string why) { return Considered{rule_name(rule), Considered::Came::kPassed, std::move(why)}; };
  if (!is_of_kind(offer.product, offer.kind, rule.for_kind)) return passed(offer.product.id.str() + " is of the kind '" + offer.kind + "'");
  if (said_so(offer, rule)) return by_rule(offer, rule);
  std::string said;
  for (const auto& [slot, value] : offer.said) said += (said.empty() ? "" : ", ") + slot + " " + value;
  return passed("said was " + (said.empty() ? "nothing" : said));
}

// What the shop relates to the product and no rule has brought.
void by_relation(Offer& offer) {
  for (const Product& product : offer.related) {
    const auto fit = offerable(offer, product, kind_of(offer.shop, product));
    if (fit) put(offer, product, Addon::Tier::kRecommended, "made to go with " + offer.product.title, *fit);
  }
}

std::vector<Product> related_to(const Shop& shop, const ProductId& id) {
  std::vector<ProductId> ids;
  if (const auto relations = shop.catalogue->relations(id)) {
    for (const Relation& relation : *relations) {
      // A bundle holds the product a second time.
      if (relation.kind != RelationKind::kReplacement && relation.kind != RelationKind::kPartOfBundle) ids.push_back(relation.to);
    }
  }
  auto products = shop.catalogue->products(ids);
  return products ? std::move(*products) : std::vector<Product>();
}

std::vector<ProductId> products_in_cart(const Shop& shop, const CartId& cart) {
  std::vector<ProductId> ids;
  if (!shop.carts || cart.empty()) return ids;
  if (const auto now = shop.carts->read(cart)) {
    for (const CartLine& line : now->lines) ids.push_back(line.product);
  }
  return ids;
}

void keep_first(Offer& offer, std::size_t most) {
  if (offer.answer.addons.size() <= most) return;
  offer.answer.addons.resize(most);
  std::size_t kept = 0;
  for (Considered& one : offer.considered) {
    if (one.came != Considered::Came::kActed || kept++ < most) continue;
    one.came = Considered::Came::kPassed;
    one.why += ", but at most " + std::to_string(most) + " are offered";
  }
}

Answer suggest(const Shop& shop, const Knowledge& knowledge, const Arguments& arguments, const ToolContext& context) {
  auto product = product_meant(*shop.catalogue, arguments.text("product"));
  if (!product) return refuse(ErrorAnswer{product.error(), "product", {}, {}, {}, {}});
  Offer offer{shop, knowledge, std::move(*product), {}, {}, arguments.pairs("said"), arguments.texts("declined"), products_in_cart(shop, context.cart), {}, {}};
  offer.kind = kind_of(shop, offer.product);
  offer.related = related_to(shop, offer.product.id);
  offer.answer.for_product = offer.product.id;
  offer.answer.for_title = offer.product.title;
  const AddonRules& rules = knowledge.playbook->addons;
  for (const Addon::Tier tier : {Addon::Tier::kRequired, Addon::Tier::kRecommended, Addon::Tier::kPremium}) {
    for (const AddonRule& rule : rules.rules) {
      if (rule.tier == tier) offer.considered.push_back(consider(offer, rule));
    }
  }
  by_relation(offer);
  const auto most = std::min<std::int64_t>(arguments.whole("limit").value_or(rules.max_per_session), rules.max_per_session);
  keep_first(offer, static_cast<std::size_t>(std::max<std::int64_t>(0, most)));
  return Told(to_json(offer.answer), std::move(offer.considered));
}

}  // namespace

Tool suggest_addons(const Shop& shop, const Knowledge& knowledge) {
  return {{"suggest_addons",
           "What belongs to a product: required, recommended or premium, with the reason, and checked to fit. Never offers what is in the cart or was declined.",
           R"({"type":"object","required":["product"],"properties":{
"product":{"type":"string","format":"id"},
"said":{"type":"object","additionalProperties":{"type":"string","maxLength":200},"description":"what the shopper said, by slot or need, e.g. {\"needs\": \"wall\"}"},
"declined":{"type":"array","maxItems":40,"items":{"type":"string","maxLength":100},"description":"kinds or product ids that the shopper did not want"},
"limit":{"type":"integer","minimum":0,"maximum":10}}})",
           ToolEffect::kRead},
          [shop, knowledge](const Arguments& arguments, const ToolContext& context) { return suggest(shop, knowledge, arguments, context); }};
}

}  // namespace floorwalker::tools
