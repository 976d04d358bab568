#pragma once

#include <string>
#include <string_view>

#include "agent/core/answers.h"
#include "agent/core/conversation.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/prompt_template.h"

namespace floorwalker::openai {

// What a language model is told besides the conversation: a system prompt that stays the same for all turns of a shop and playbook, and
// a note about the page that changes with every turn. Immutable, safe for every thread.
class Prompts {
 public:
  // Fails where a template is malformed or wants a variable that does not exist.
  static Result<Prompts> create(std::string_view system_template, std::string_view note_template, const Playbook& playbook, const ShopShape& shop);

  const std::string& system() const { return system_; }

  // For the latest message of the shopper; "" when nothing was shown, said or put in a cart yet.
  std::string note(const Conversation& conversation) const;

  const std::string& hash() const { return hash_; }

 private:
  Prompts(std::string system, PromptTemplate note, std::string hash) : system_(std::move(system)), note_(std::move(note)), hash_(std::move(hash)) {}

  std::string system_;
  PromptTemplate note_;
  std::string hash_;
};

}  // namespace floorwalker::openai
