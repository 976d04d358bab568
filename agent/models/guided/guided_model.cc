#include "agent/models/guided/guided_model.h"

#include <utility>

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

// Said once, before what else there is to say: products without prices would look as if the shop had none.
void tell_of_unread_prices(Talk& talk) {
  if (talk.calls.prices() == Calls::Prices::kNotAsked) return;
  const bool unread = talk.calls.prices() == Calls::Prices::kUnread;
  if (unread && !talk.state.prices_unread) {
    const std::string rest = std::exchange(talk.text, {});
    talk.say("prices.unread", {});
    if (rest.find(talk.text) == std::string::npos) talk.text += " " + rest;
    else talk.text = rest;
  }
  talk.state.prices_unread = unread;
}

}  // namespace

Result<std::shared_ptr<const Speech>> read_speech(const Texts& texts) {
  Result<Lexicon> lexicon = Lexicon::load(texts.lexicon);
  if (!lexicon) return fail(lexicon.error());
  Result<Phrases> phrases = Phrases::load(texts.replies);
  if (!phrases) return fail(phrases.error());
  return std::make_shared<const Speech>(Speech{std::move(*lexicon), std::move(*phrases)});
}

Result<std::unique_ptr<GuidedModel>> GuidedModel::create(const Vocabulary& vocabulary, const Playbook& playbook, const Texts& texts) {
  auto speech = read_speech(texts);
  if (!speech) return fail(speech.error());
  return std::make_unique<GuidedModel>(vocabulary, playbook, std::move(*speech));
}

GuidedModel::GuidedModel(const Vocabulary& vocabulary, const Playbook& playbook, std::shared_ptr<const Speech> speech)
    : guide_(std::make_unique<const Guide>(vocabulary, playbook, std::move(speech))) {}

GuidedModel::~GuidedModel() = default;

void GuidedModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  if (stop.stop_requested()) return sink(ModelFailed{{ErrorKind::kCancelled, "stopped", ""}});
  Talk talk(*guide_, request);
  converse(talk, said_in(request.conversation));
  if (talk.waiting()) {
    for (const ToolCall& call : talk.calls.pending()) sink(ToolCallReady{call});
    return sink(ModelFinished{});
  }
  tell_of_unread_prices(talk);
  talk.memory.plan = write_state(talk.state);
  sink(TextDelta{talk.text});
  ModelFinished finished;
  finished.presentation = std::move(talk.presentation);
  finished.memory = std::move(talk.memory);
  finished.considered = std::move(talk.considered);
  sink(std::move(finished));
}

}  // namespace floorwalker::guided
