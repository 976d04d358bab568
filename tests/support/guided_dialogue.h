#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/playbook/playbook.h"
#include "agent/models/guided/guided_model.h"
#include "tools/registry.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/indexed_search.h"
#include "tools/shop.h"

namespace floorwalker::test {

// A conversation with the guided model over a shop's ports, with the real tools and the real search, without journal and gate: what the
// model itself says and does.
class Dialogue {
 public:
  struct Turn {
    std::string text;
    Presentation presentation;
    std::vector<ToolCall> calls;
    std::vector<ToolResult> results;
    int steps = 0;

    bool called(const std::string& name) const;
    std::vector<std::string> shown() const;   // product ids in order
    std::vector<std::string> titles() const;
  };

  // The shop must outlive the dialogue.
  Dialogue(tools::Shop shop, Playbook playbook, std::shared_ptr<const search::Index> index,
           std::shared_ptr<const compatibility::Engine> rules = std::make_shared<const compatibility::Engine>());

  Turn say(const std::string& text);
  Cart cart();
  const Conversation& conversation() const { return conversation_; }

 private:

  tools::Shop shop_;
  std::shared_ptr<const Playbook> playbook_;
  std::unique_ptr<search::IndexedSearch> search_;
  std::unique_ptr<search::CatalogueVocabulary> vocabulary_;
  std::unique_ptr<tools::Registry> tools_;
  std::unique_ptr<guided::GuidedModel> model_;
  Conversation conversation_;
  int writes_ = 0;
};

}  // namespace floorwalker::test
