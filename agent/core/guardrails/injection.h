#pragma once

#include <string>
#include <string_view>

namespace floorwalker::guardrails {

// The mark by which a text of others (a product's, a review's, a policy's) speaks to the agent instead of about its subject: instructions, forged
// roles, encoded blobs, invisible characters. "" if it has none. A mark proves nothing; it makes the guards stricter. Looks at the first
// 256 KiB. Never throws.
std::string injection_mark(std::string_view text);

// What a text that was labelled (neutral.h) says about its subject all the same: its sentences that bear no mark. Any other text as it is.
std::string unmarked(std::string_view text);

}  // namespace floorwalker::guardrails
