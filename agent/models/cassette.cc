#include "agent/models/cassette.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/core/digest.h"
#include "agent/core/guardrails/personal.h"
#include "agent/core/json_lines.h"
#include "agent/core/json_writer.h"

namespace floorwalker::models {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDigits = 16;   // of a part's digest: to tell that it differs

std::string short_digest(std::string_view text) { return sha256(text).substr(0, kDigits); }

// ---- what differs from run to run: the id that the shop gave the cart, and the times at which it was read

constexpr std::string_view kCart = "{{cart}}";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  if (what.empty()) return text;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

std::string without_times(std::string_view text) {
  constexpr std::string_view kObserved = R"("observed":")";
  std::string out;
  for (std::size_t at = text.find(kObserved); at != std::string_view::npos; at = text.find(kObserved)) {
    out.append(text.substr(0, at + kObserved.size()));
    text.remove_prefix(at + kObserved.size());
    text.remove_prefix(std::min(text.size(), text.find('"')));
  }
  return out.append(text);
}

// Without personal data. What the conversation has hidden already stays as it is: tools can do something with its placeholders.
std::string redacted(const std::string& text) {
  constexpr std::string_view kHidden = "@private.invalid";
  std::string out;
  std::size_t from = 0;
  for (const guardrails::PersonalSpan& span : guardrails::find_personal(text, {"email", "phone", "card", "address", "iban"})) {
    if (std::string_view(text).substr(span.start, span.end - span.start).ends_with(kHidden)) continue;
    out.append(text, from, span.start - from).append("[" + span.kind + "]");
    from = span.end;
  }
  return out.append(text, from);
}

std::string content_of(const Message& message, const CartId& cart) {
  const auto lasting = [&](const std::string& text) { return redacted(replaced(text, cart.str(), kCart)); };   // as a replay hears it
  json::Writer w;
  w.open('[').integer(static_cast<std::int64_t>(message.role)).exact(lasting(message.text));
  for (const ToolCall& call : message.calls) w.exact(call.name).exact(lasting(call.arguments));
  if (message.role == Role::kTool) w.exact(to_string(message.result.outcome)).exact(lasting(without_times(message.result.content)));
  w.close(']');
  return w.take();
}

const std::string& last_said(const Conversation& conversation) {
  static const std::string kNothing;
  const auto last = std::find_if(conversation.messages.rbegin(), conversation.messages.rend(), [](const Message& message) { return message.role == Role::kShopper; });
  return last == conversation.messages.rend() ? kNothing : last->text;
}

// The reply with its texts and arguments changed. A text that was told in pieces loses them where something in it changes.
std::vector<ModelEvent> changed(std::vector<ModelEvent> reply, const std::function<std::string(const std::string&)>& change) {
  std::string text;
  for (const ModelEvent& event : reply) {
    if (const auto* delta = std::get_if<TextDelta>(&event)) text += delta->text;
  }
  const std::string told = change(text);
  std::vector<ModelEvent> out;
  if (told != text) out.push_back(TextDelta{told});
  for (ModelEvent& event : reply) {
    if (std::holds_alternative<TextDelta>(event) && told != text) continue;
    if (auto* ready = std::get_if<ToolCallReady>(&event)) ready->call.arguments = change(ready->call.arguments);
    out.push_back(std::move(event));
  }
  return out;
}

// ---- a line of the file

void put(json::Writer& w, const ModelEvent& event) {
  w.open('{');
  if (const auto* delta = std::get_if<TextDelta>(&event)) {
    w.key("text").exact(delta->text);
  } else if (const auto* ready = std::get_if<ToolCallReady>(&event)) {
    const ToolCall& call = ready->call;
    w.key("call").exact(call.name).key("id").exact(call.id.str()).key("arguments").exact(call.arguments);
    if (!call.echo.empty()) w.key("echo").exact(call.echo);
    if (!call.problem.empty()) w.key("problem").exact(call.problem);
  } else if (const auto* finished = std::get_if<ModelFinished>(&event)) {
    const Usage& usage = finished->usage;
    w.key("input_tokens").integer(usage.input_tokens).key("output_tokens").integer(usage.output_tokens).key("cost_micros").integer(usage.cost_micros);
    if (!finished->echo.empty()) w.key("echo").exact(finished->echo);
  }
  w.close('}');
}

std::string line_of(const Cassette::Recording& recording) {
  json::Writer w;
  w.open('{').key("model").exact(recording.model).key("said").exact(recording.said);
  w.key("told").exact(recording.content.told).key("tools").exact(recording.content.tools).key("messages").open('[');
  for (const std::string& digest : recording.content.messages) w.exact(digest);
  w.close(']').key("reply").open('[');
  for (const ModelEvent& event : recording.reply) put(w, event);
  w.close(']').close('}');
  return w.take() + "\n";
}

ModelEvent event_of(const Json& json) {
  if (json.contains("text")) return TextDelta{json.at("text").get<std::string>()};
  const std::string echo = json.value("echo", "");
  if (!json.contains("call")) {
    return ModelFinished{{json.at("input_tokens").get<std::int64_t>(), json.at("output_tokens").get<std::int64_t>(), json.at("cost_micros").get<std::int64_t>()}, std::nullopt, std::nullopt, echo};
  }
  return ToolCallReady{{CallId(json.at("id").get<std::string>()), json.at("call").get<std::string>(), json.at("arguments").get<std::string>(), echo, json.value("problem", "")}};
}

Cassette::Recording recording_of(const Json& json) {
  Cassette::Recording recording;
  recording.model = json.at("model").get<std::string>();
  recording.said = json.at("said").get<std::string>();
  recording.content = {json.at("told").get<std::string>(), json.at("tools").get<std::string>(), json.at("messages").get<std::vector<std::string>>()};
  for (const Json& event : json.at("reply")) recording.reply.push_back(event_of(event));
  if (recording.reply.empty() || !std::holds_alternative<ModelFinished>(recording.reply.back())) throw std::out_of_range("the reply has no end");
  return recording;
}

std::string place_of(const std::string& model, const RequestContent& content) { return model + "\n" + content.key(); }

// Tells a recorded reply in a conversation with that cart.
void tell(const std::vector<ModelEvent>& reply, const CartId& cart, const ModelSink& sink, const std::stop_token& stop) {
  for (const ModelEvent& event : changed(reply, [&](const std::string& text) { return replaced(text, kCart, cart.str()); })) {
    if (stop.stop_requested()) return sink(ModelFailed{{ErrorKind::kCancelled, "stopped", {}}});
    sink(event);
  }
}

std::string told_by(const Told& told, const Conversation& conversation) { return told ? told(conversation) : std::string(); }

}  // namespace

// ---- content

RequestContent RequestContent::of(const ModelRequest& request, const std::string& told) {
  RequestContent content;
  content.told = short_digest(told);
  json::Writer tools;
  tools.open('[');
  for (const ToolSpec& spec : request.tools) tools.exact(spec.name).exact(spec.description).exact(spec.parameters);
  content.tools = short_digest(tools.close(']').take());
  for (const Message& message : request.conversation.messages) content.messages.push_back(short_digest(content_of(message, request.conversation.cart)));
  return content;
}

std::string RequestContent::key() const {
  std::string all = told + "\n" + tools;
  for (const std::string& message : messages) all += "\n" + message;
  return sha256(all);
}

// ---- the file

Result<void> Cassette::read() {
  return each_json_line(file_, [this](std::string_view line) -> Result<void> {
    try {
      recordings_.push_back(std::make_unique<Recording>(recording_of(Json::parse(line))));
    } catch (const std::exception& error) {
      return fail(ErrorKind::kMalformed, "not a recording of a model.", error.what());
    }
    by_key_.emplace(place_of(recordings_.back()->model, recordings_.back()->content), recordings_.back().get());
    return {};
  });
}

Result<std::shared_ptr<Cassette>> Cassette::load(const std::filesystem::path& file) {
  std::shared_ptr<Cassette> cassette(new Cassette(file));
  if (auto done = cassette->read(); !done) return fail(done.error());
  return cassette;
}

Result<std::shared_ptr<Cassette>> Cassette::open(const std::filesystem::path& file) {
  std::shared_ptr<Cassette> cassette(new Cassette(file));
  if (std::filesystem::exists(file)) {
    if (auto done = cassette->read(); !done) return fail(done.error());
  }
  cassette->out_.open(file, std::ios::app | std::ios::binary);
  if (!cassette->out_) return fail(ErrorKind::kIo, "The cassette " + file.string() + " cannot be written.");
  return cassette;
}

const Cassette::Recording* Cassette::find(const std::string& model, const RequestContent& content) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(place_of(model, content));
  return found == by_key_.end() ? nullptr : found->second;
}

Result<void> Cassette::add(Recording recording) {
  recording.said = redacted(recording.said);
  recording.reply = changed(std::move(recording.reply), redacted);
  const std::lock_guard lock(mutex_);
  auto kept = std::make_unique<Recording>(std::move(recording));
  if (!by_key_.emplace(place_of(kept->model, kept->content), kept.get()).second) return {};
  out_ << line_of(*kept) << std::flush;
  recordings_.push_back(std::move(kept));
  if (!out_) return fail(ErrorKind::kIo, "The cassette " + file_.string() + " cannot be written.");
  return {};
}

void Cassette::count_saved(const Recording& told_again) { saved_micros_ += std::get<ModelFinished>(told_again.reply.back()).usage.cost_micros; }

std::string Cassette::difference(const std::string& model, const RequestContent& content) const {
  const std::lock_guard lock(mutex_);
  const Recording* nearest = nullptr;
  std::size_t most = 0;
  for (const auto& recording : recordings_) {
    if (recording->model != model) continue;
    const auto& messages = recording->content.messages;
    const std::size_t shared = static_cast<std::size_t>(std::mismatch(messages.begin(), messages.end(), content.messages.begin(), content.messages.end()).first - messages.begin());
    const std::size_t same = 1 + 4 * shared + (messages.size() == content.messages.size() ? 2 : 0) + (recording->content.tools == content.tools ? 1 : 0) + (recording->content.told == content.told ? 1 : 0);
    if (same <= most) continue;
    most = same;
    nearest = recording.get();
  }
  if (!nearest) return "the cassette holds nothing of the model " + model;
  const RequestContent& like = nearest->content;
  const auto [theirs, ours] = std::mismatch(like.messages.begin(), like.messages.end(), content.messages.begin(), content.messages.end());
  if (ours != content.messages.end()) {
    return "message " + std::to_string(ours - content.messages.begin() + 1) + " of " + std::to_string(content.messages.size()) + " differs from what was recorded after \"" + nearest->said + "\"";
  }
  if (theirs != like.messages.end()) return "the conversation was recorded only with more messages, after \"" + nearest->said + "\"";
  return like.tools != content.tools ? "the tools have changed since" : "the prompts or what the page shows have changed since";
}

std::vector<std::string> Cassette::models() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& recording : recordings_) {
    if (std::find(names.begin(), names.end(), recording->model) == names.end()) names.push_back(recording->model);
  }
  return names;
}

// ---- the models

RecordingModel::RecordingModel(Model& model, Told told, std::shared_ptr<Cassette> cassette)
    : model_(model), told_(std::move(told)), cassette_(std::move(cassette)) {}

void RecordingModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  Cassette::Recording made{name(), RequestContent::of(request, told_by(told_, request.conversation)), last_said(request.conversation), {}};
  if (const Cassette::Recording* known = cassette_->find(made.model, made.content)) {
    cassette_->count_saved(*known);
    return tell(known->reply, request.conversation.cart, sink, stop);
  }
  const auto hear = [sink = std::move(sink), made = std::make_shared<Cassette::Recording>(std::move(made)), cassette = cassette_,
                    cart = request.conversation.cart](ModelEvent event) {
    made->reply.push_back(event);
    if (std::holds_alternative<ModelFinished>(event)) {
      made->reply = changed(std::move(made->reply), [&](const std::string& text) { return replaced(text, cart.str(), kCart); });
      if (const auto kept = cassette->add(std::move(*made)); !kept) event = ModelFailed{kept.error()};
    }
    sink(std::move(event));
  };
  model_.start(request, hear, std::move(stop));
}

RecordedModel::RecordedModel(std::string name, Told told, std::shared_ptr<Cassette> cassette)
    : name_(std::move(name)), told_(std::move(told)), cassette_(std::move(cassette)) {}

void RecordedModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  const RequestContent content = RequestContent::of(request, told_by(told_, request.conversation));
  if (const Cassette::Recording* known = cassette_->find(name_, content)) return tell(known->reply, request.conversation.cart, sink, stop);
  const std::string complaint = "turn " + std::to_string(request.conversation.turn) + " (\"" + last_said(request.conversation) + "\"), call " + std::to_string(request.step) +
                                ": not in the cassette " + cassette_->file().string() + ": " + cassette_->difference(name_, content) + "; record it anew";
  {
    const std::lock_guard lock(mutex_);
    unforeseen_.push_back(complaint);
  }
  sink(ModelFailed{{ErrorKind::kInternal, "The recorded model was never asked this.", complaint}});
}

std::vector<std::string> RecordedModel::complaints() const {
  const std::lock_guard lock(mutex_);
  return unforeseen_;
}

}  // namespace floorwalker::models
