#include "tools/search/kind_inference.h"

namespace floorwalker::search {

InferredKinds infer_kinds(const KindEvidence& evidence) {
  InferredKinds result;
  for (std::size_t i = 0; i < evidence.stated_names.size(); ++i) {
    result.kinds.push_back({evidence.stated_names[i], evidence.stated_terms[i], true});
  }
  for (std::uint32_t doc = 0; doc < evidence.docs; ++doc) {
    result.first.push_back(static_cast<std::uint32_t>(result.of.size()));
    const KindEvidence::Doc one = evidence.doc(doc);
    if (one.stated != 0xFFFFFFFF) result.of.push_back(one.stated);
  }
  result.first.push_back(static_cast<std::uint32_t>(result.of.size()));
  return result;
}

}  // namespace floorwalker::search
