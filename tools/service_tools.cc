#include <algorithm>
#include <array>
#include <set>

#include "agent/core/text.h"
#include "tools/products.h"
#include "tools/shop.h"

namespace floorwalker::tools {
namespace {

constexpr std::size_t kPolicies = 3;     // in one answer
constexpr double kEnough = 1.0;          // score below which a policy is not about the question
constexpr double kOfTopic = 4, kOfTitle = 2, kOfText = 1;

// Other words that shoppers use for the topics that every shop has content on.
struct TopicWords {
  std::string_view topic;
  std::string_view words;
};

constexpr std::array kTopicWords = {
    TopicWords{"delivery", "delivery deliver shipping ship shipped arrive arrives dispatch courier postage freight"},
    TopicWords{"returns", "return returns refund refunds exchange exchanges send back money back unwanted"},
    TopicWords{"warranty", "warranty guarantee guaranteed broken break breaks repair defect faulty"},
    TopicWords{"sizing", "sizing size sizes fit fits measure measurements"},
    TopicWords{"payment", "payment pay paying card paypal invoice instalments finance"},
};

std::set<std::string> stems(std::string_view text) {
  static const std::set<std::string> kNoise = {"a", "an", "the", "is", "are", "do", "does", "i", "you", "your", "my", "it", "to", "of", "for", "on", "in", "can",
                                               "what", "how", "when", "if", "and", "or", "have", "has", "about", "there", "with", "me", "get", "be", "will", "would"};
  std::set<std::string> all;
  for (const auto& word : text::words(text::spaced(text))) {
    if (!kNoise.count(word.folded)) all.insert(text::stem(word.folded));
  }
  return all;
}

double overlap(const std::set<std::string>& asked, std::string_view text) {
  const auto has = stems(text);
  return static_cast<double>(std::count_if(asked.begin(), asked.end(), [&](const auto& stem) { return has.count(stem) > 0; }));
}

// The topics that the words of a question speak of.
std::set<std::string> topics_of(const std::set<std::string>& asked) {
  std::set<std::string> topics;
  for (const TopicWords& known : kTopicWords) {
    if (overlap(asked, known.words) > 0) topics.insert(text::stem(std::string(known.topic)));
  }
  return topics;
}

// What a question is about: names of the kind and categories, folded; empty where it is about the shop.
std::vector<std::string> scope_of(const Shop& shop, const std::string& about) {
  if (about.empty()) return {};
  const auto product = product_meant(*shop.catalogue, about);
  if (!product) return {about};
  std::vector<std::string> names{kind_of(shop, *product), product->id.str(), product->brand};
  for (const auto& path : product->categories) names.insert(names.end(), path.begin(), path.end());
  return names;
}

bool covers(const Policy& policy, const std::vector<std::string>& scope) {
  return std::any_of(policy.applies_to.begin(), policy.applies_to.end(), [&](const std::string& own) {
    return std::any_of(scope.begin(), scope.end(), [&](const std::string& name) { return stems(own) == stems(name); });
  });
}

// How well a policy answers; below kEnough it does not.
double score(const Policy& policy, const std::set<std::string>& asked, const std::vector<std::string>& scope) {
  const bool special = !policy.applies_to.empty();
  if (special && !scope.empty() && !covers(policy, scope)) return 0;
  const auto topics = topics_of(asked);
  double points = kOfTopic * std::max(overlap(asked, policy.topic), overlap(topics, policy.topic)) + kOfTitle * overlap(asked, policy.title);
  const double in_text = overlap(asked, policy.text);
  if (points > 0 || in_text * 2 > static_cast<double>(asked.size())) points += kOfText * in_text;
  if (points <= 0 || !special) return points;
  double named = 0;
  for (const std::string& own : policy.applies_to) named += overlap(asked, own);
  return scope.empty() ? points + (named > 0 ? kOfTopic : -0.5) : points + kOfTopic;
}

Answer policies_on(const Shop& shop, const std::string& topic, const std::string& about) {
  const auto all = shop.policies->all();
  if (!all) return refuse(all.error());
  const auto asked = stems(topic);
  const auto scope = scope_of(shop, about);
  std::vector<std::pair<double, const Policy*>> ranked;
  for (const Policy& policy : *all) {
    const double points = score(policy, asked, scope);
    if (points >= kEnough) ranked.emplace_back(points, &policy);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  PolicyAnswer found{topic, {}};
  for (const auto& [points, policy] : ranked) {
    if (found.policies.size() < kPolicies && points * 3 >= ranked.front().first) found.policies.push_back(*policy);
  }
  return to_json(found);
}

}  // namespace

Tool find_policy(const Shop& shop) {
  return {{"find_policy", "What the shop has approved about delivery, returns, warranty, sizing, payment and the like. An empty answer: there is nothing approved on it.",
           R"({"type":"object","required":["topic"],"properties":{
"topic":{"type":"string","maxLength":300,"description":"the topic, or the shopper's question"},
"about":{"type":"string","format":"id","description":"product id, kind or category that the question is about"}}})",
           ToolEffect::kRead},
          [shop](const Arguments& arguments, const ToolContext&) { return policies_on(shop, arguments.text("topic"), arguments.text("about")); }};
}

Tool find_order(const Shop& shop) {
  return {{"find_order", "The state of an order. Needs the e-mail address it was placed with.",
           R"({"type":"object","required":["order","email"],"properties":{
"order":{"type":"string","format":"id","maxLength":100},"email":{"type":"string","maxLength":200}}})",
           ToolEffect::kRead},
          [shop](const Arguments& arguments, const ToolContext&) -> Answer {
            const std::string email = arguments.text("email");
            if (email.find('@') == std::string::npos) return refuse(ErrorKind::kInvalidArgument, "email must be the e-mail address of the order", "email");
            std::string number = arguments.text("order");
            auto order = shop.orders->find(OrderId(number), email);
            if (!order && order.error().kind == ErrorKind::kNotFound && number.starts_with('#')) {
              order = shop.orders->find(OrderId(number.substr(1)), email);
            }
            if (!order) return refuse(order.error());
            return to_json(OrderAnswer{{std::move(*order)}});
          }};
}

Tool hand_off(const Shop& shop) {
  return {{"hand_off", "Pass the conversation to a person, with the reason. For what the agent must not or cannot do.",
           R"({"type":"object","required":["reason"],"properties":{"reason":{"type":"string","maxLength":500}}})", ToolEffect::kWrite},
          [shop](const Arguments& arguments, const ToolContext& context) -> Answer {
            const auto reference = shop.desk->hand_off(context.session, arguments.text("reason"), context.key);
            if (!reference) return refuse(reference.error());
            return to_json(HandOffAnswer{"service", *reference});
          }};
}

}  // namespace floorwalker::tools
