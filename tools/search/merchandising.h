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
  Merchandiser(const Lexicon& lexicon, std::vector<RankingRule> rules) : lexicon_(lexicon), rules_(std::move(rules)) {}

  // `context`: the normal form of what the shopper asked for, to which kNever rules compare their `with`.
  void apply(std::vector<Match>& matches, const std::string& context, const LiveState& live) const;

  bool empty() const { return rules_.empty(); }

 private:
  bool concerns(const RankingRule& rule, std::uint32_t doc) const;
  bool forbidden(const RankingRule& rule, std::uint32_t doc, const std::string& context) const;
  bool in_stock(std::uint32_t doc, const LiveState& live) const;
  void reorder(std::vector<Match>& matches, const RankingRule& rule) const;

  const Lexicon& lexicon_;
  std::vector<RankingRule> rules_;
};

}  // namespace floorwalker::search
