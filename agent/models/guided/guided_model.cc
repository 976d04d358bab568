#include "agent/models/guided/guided_model.h"

#include "agent/models/guided/dialogue/talk.h"

namespace floorwalker::guided {

namespace {

// What the shopper wrote in this turn; "" for a turn that an event began.
std::string_view said_in(const Conversation& conversation) {
  for (auto message = conversation.messages.rbegin(); message != conversation.messages.rend(); ++message) {
    if (message->role == Role::kShopper && message->turn == conversation.turn) return message->text;
  }
  return {};
}

}  // namespace

struct GuidedModel::Parts {
  Parts(const Vocabulary& vocabulary, const Playbook& playbook, Lexicon lexicon, Phrases phrases)
      : guide(vocabulary, playbook, std::move(lexicon), std::move(phrases)) {}

  Guide guide;
};

Result<std::unique_ptr<GuidedModel>> GuidedModel::create(const Vocabulary& vocabulary, const Playbook& playbook, const Texts& texts) {
  Result<Lexicon> lexicon = Lexicon::load(texts.lexicon);
  if (!lexicon) return fail(lexicon.error());
  Result<Phrases> phrases = Phrases::load(texts.replies);
  if (!phrases) return fail(phrases.error());
  auto parts = std::make_unique<const Parts>(vocabulary, playbook, std::move(*lexicon), std::move(*phrases));
  return std::unique_ptr<GuidedModel>(new GuidedModel(std::move(parts)));
}

GuidedModel::GuidedModel(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}

GuidedModel::~GuidedModel() = default;

void GuidedModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  if (stop.stop_requested()) return sink(ModelFailed{{ErrorKind::kCancelled, "stopped", ""}});
  Talk talk(parts_->guide, request);
  converse(talk, said_in(request.conversation));
  if (talk.waiting()) {
    for (const ToolCall& call : talk.calls.pending()) sink(ToolCallReady{call});
    return sink(ModelFinished{});
  }
  talk.memory.plan = write_state(talk.state);
  sink(TextDelta{talk.text});
  ModelFinished finished;
  finished.presentation = std::move(talk.presentation);
  finished.memory = std::move(talk.memory);
  sink(std::move(finished));
}

}  // namespace floorwalker::guided
