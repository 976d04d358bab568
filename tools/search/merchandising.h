#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/core/playbook/playbook.h"
#include "tools/search/filter.h"
#include "tools/search/ranking.h"

namespace floorwalker::search {

// What a playbook may do to an order that relevance made. Shopper-first rules come first; a commercial rule moves a product up only past
// products whose relevance score is at most its band (a share of that score) above its own, so that no product that fits clearly better is
// ever overtaken; kNever takes products out where its context holds. Constraints were applied before and stay.
class Merchandiser {
 public:
  Merchandiser(const Lexicon& lexicon, const std::vector<RankingRule>& rules);

  // Takes out what may never be shown. `context`: the normal form of what the shopper asked for, to which kNever rules compare their `with`.
  // `considered` receives each rule with what it did, and the values compared.
  void take_out(std::vector<Match>& matches, const std::string& context, std::vector<Considered>& considered) const;

  // Reorders matches of which the best stand first.
  void reorder(std::vector<Match>& matches, const LiveState& live, std::vector<Considered>& considered) const;

  bool empty() const { return rules_.empty(); }

 private:
  // A rule in terms of the index.
  struct Rule {
    RankingRule source;
    std::vector<std::uint32_t> values;  // of the tag or brand that it names, ascending
    Scope scope;                        // of the kind or category that it names
    std::vector<std::string> with;      // kNever: normal forms
  };

  Rule prepared(const RankingRule& source) const;
  bool concerns(const Rule& rule, std::uint32_t doc) const;
  bool in_context(const Rule& rule, std::uint32_t doc, const std::string& context) const;
  bool in_stock(std::uint32_t doc, const LiveState& live) const;
  Considered never(const Rule& rule, std::vector<Match>& matches, const std::string& context) const;
  Considered apply(const Rule& rule, std::vector<Match>& matches) const;
  Considered stock_first(const Rule& rule, std::vector<Match>& matches, const LiveState& live) const;
  std::string told(const Match& match) const;

  const Lexicon& lexicon_;
  std::vector<Rule> rules_;
};

}  // namespace floorwalker::search
