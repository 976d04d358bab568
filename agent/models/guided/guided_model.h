#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/core/model.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/vocabulary.h"

namespace floorwalker::guided {

// The data that makes the model speak a language: two YAML files of prompts/guided/.
struct Texts {
  std::string_view lexicon;  // how shoppers speak: "lexicon.en.yaml"
  std::string_view replies;  // how the agent speaks: "replies.en.yaml"
};

// The same, read: immutable, for any number of models. Fails with kMalformed, naming file position and key, if one of the texts is not as
// prompts/guided/README.md says.
struct Speech;
struct Guide;
Result<std::shared_ptr<const Speech>> read_speech(const Texts& texts);

// A salesperson without a language model: understands the shopper with the catalogue's own vocabulary, the playbook and the lexicon,
// decides with rules, speaks through templates. A pure function of conversation, vocabulary, playbook and seed: it keeps nothing between
// calls, reads no clock and needs no server, so `start` answers before it returns. Safe for every thread.
//
// A turn may take several steps: every call of `start` works the turn out from the shopper's message anew, takes the answers of the tools
// already called in this turn from the conversation, and either asks for the next tools or finishes with text, Presentation and Memory.
class GuidedModel final : public Model {
 public:
  // Vocabulary and playbook must outlive the model. From texts it fails as read_speech does.
  GuidedModel(const Vocabulary& vocabulary, const Playbook& playbook, std::shared_ptr<const Speech> speech);
  static Result<std::unique_ptr<GuidedModel>> create(const Vocabulary& vocabulary, const Playbook& playbook, const Texts& texts);

  ~GuidedModel() override;

  void start(const ModelRequest& request, ModelSink sink, std::stop_token stop) override;
  std::string name() const override { return "guided"; }

 private:
  std::unique_ptr<const Guide> guide_;
};

}  // namespace floorwalker::guided
