#include "agent/models/openai/openai_model.h"

#include <algorithm>

#include "agent/models/openai/refusal.h"
#include "agent/models/openai/reply_assembler.h"
#include "agent/models/openai/sse.h"

namespace floorwalker::openai {

struct OpenAiModel::Shared {
  OpenAiConfig config;
  Telling telling;
  net::Transport& transport;
  LearnedDialect dialect;

  Shared(OpenAiConfig c, Telling told, net::Transport& t) : config(std::move(c)), telling(std::move(told)), transport(t), dialect(config.dialect) {}

  std::string url() const { return config.url.empty() ? config.base_url + "/chat/completions" : config.url; }
};

namespace {

constexpr int kMaxLessons = 6;  // refusals that teach a dialect, in one reply

// How a response's body is to be read.
enum class BodyForm { kUnknown, kEvents, kDocument };

BodyForm form_of(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \r\n\t\xEF\xBB\xBF");
  if (first == std::string_view::npos) return BodyForm::kUnknown;
  return bytes[first] == '{' || bytes[first] == '[' ? BodyForm::kDocument : BodyForm::kEvents;
}

// One reply: attempts until it is whole or given up. Lives as long as its exchange or its pending retry; everything after the first step
// happens on the transport's thread.
template <typename Shared>
class Reply : public std::enable_shared_from_this<Reply<Shared>> {
 public:
  Reply(std::shared_ptr<Shared> shared, const ModelRequest& request, ModelSink sink, std::stop_token stop)
      : shared_(std::move(shared)), sink_(std::move(sink)), stop_(std::move(stop)), seed_(request.seed), used_(shared_->dialect.current()) {
    specs_ = request.tools;
    for (const ToolSpec& spec : specs_) names_.push_back(spec.name);
    const Telling& telling = shared_->telling;
    history_ = History::of(request.conversation, telling.system ? telling.system() : "",
                           telling.note ? telling.note(request.conversation) : "", used_);
  }

  void attempt() {
    ++attempts_;
    used_ = shared_->dialect.current();
    assembler_.emplace(names_, seed_ + static_cast<std::uint64_t>(attempts_), [this](std::string text) { sink_(TextDelta{std::move(text)}); });
    sse_ = SseParser{};
    form_ = BodyForm::kUnknown;
    body_.clear();
    head_ = net::Head{};
    ended_ = false;
    exchange_stop_ = std::stop_source{};
    net::Request request;
    request.url = shared_->url();
    request.headers = shared_->config.headers;
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = request_body(shared_->config.settings, used_, history_, tools_json(specs_, used_));
    request.deadlines = shared_->config.deadlines;
    auto self = this->shared_from_this();
    on_stop_ = std::make_unique<StopCallback>(stop_, StopExchange{exchange_stop_});
    net::Handlers handlers;
    handlers.head = [self](const net::Head& head) { self->head_ = head; };
    handlers.data = [self](std::string_view bytes) { self->data(bytes); };
    handlers.done = [self](std::optional<Error> error) { self->over(std::move(error)); };
    shared_->transport.start(std::move(request), std::move(handlers), exchange_stop_.get_token());
  }

 private:
  struct StopExchange {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  using StopCallback = std::stop_callback<StopExchange>;

  bool accepted() const { return head_.status >= 200 && head_.status < 300; }

  void data(std::string_view bytes) {
    if (ended_) return;
    if (!accepted()) {
      if (body_.size() < kMaxRefusal) body_ += bytes;
      return;
    }
    if (form_ == BodyForm::kUnknown) form_ = form_of(bytes);
    if (form_ != BodyForm::kEvents) {
      body_ += bytes;
      return;
    }
    sse_.feed(bytes, [this](std::string_view event) { this->event(event); });
    if (finished_early()) finish_now();
  }

  void event(std::string_view data) {
    if (data == "[DONE]") return assembler_->done();
    assembler_->feed(data);
  }

  // A stream whose every part has come, from a server that keeps the socket open.
  bool finished_early() {
    if (assembler_->server_error()) return true;
    if (!assembler_->finish_reason_seen() || grace_armed_) return false;
    if (assembler_->complete() && assembler_->usage_seen()) arm_grace(std::chrono::milliseconds(30));
    if (!grace_armed_) arm_grace(shared_->config.grace);
    return false;
  }

  void arm_grace(std::chrono::milliseconds delay) {
    grace_armed_ = true;
    shared_->transport.after(delay, [self = this->shared_from_this(), attempt = attempts_] {
      if (self->attempts_ == attempt && !self->ended_) self->finish_now();
    });
  }

  void finish_now() {
    if (ended_) return;
    settle(std::nullopt);
    exchange_stop_.request_stop();
  }

  void over(std::optional<Error> error) {
    if (ended_) return;
    if (form_ == BodyForm::kEvents) sse_.finish([this](std::string_view event) { this->event(event); });
    if (form_ == BodyForm::kDocument && accepted()) {
      assembler_->feed(body_);
      if (!assembler_->empty() || assembler_->finish_reason_seen()) assembler_->done();
    }
    settle(std::move(error));
  }

  void settle(std::optional<Error> error) {
    ended_ = true;
    grace_armed_ = false;
    if (error && error->kind == ErrorKind::kCancelled && stop_.stop_requested()) return fail_with(std::move(*error));
    if (head_.status != 0 && !accepted()) return refused();
    if (assembler_->server_error()) return broken({ErrorKind::kUnavailable, "the model server reported: " + *assembler_->server_error(), ""}, false);
    if (assembler_->complete()) return deliver();
    if (error) return broken(std::move(*error), true);
    broken({ErrorKind::kMalformed, "the model's answer broke off", std::to_string(body_.size()) + " bytes that are no reply"}, true);
  }

  void deliver() {
    if (assembler_->empty() && assembler_->finish_reason() != "content_filter") {
      return broken({ErrorKind::kMalformed, "the model answered with nothing", assembler_->finish_reason()}, true);
    }
    for (ToolCall& call : assembler_->calls()) sink_(ToolCallReady{std::move(call)});
    ModelFinished finished;
    finished.usage = assembler_->usage();
    const OpenAiConfig& config = shared_->config;
    finished.usage.cost_micros = (finished.usage.input_tokens * config.input_cost_micros_per_million +
                                  finished.usage.output_tokens * config.output_cost_micros_per_million) / 1000000;
    finished.echo = assembler_->echo();
    end(std::move(finished));
  }

  void refused() {
    const Refusal refusal = classify(head_.status, body_);
    switch (refusal.advice) {
      case Advice::kLearn:
        if (lessons_++ < kMaxLessons && shared_->dialect.learn(used_, refusal.error.message + " " + body_)) {
          --attempts_;
          return attempt();
        }
        break;
      case Advice::kShrink:
        if (!shrunk_) {
          history_.shrink();
          shrunk_ = true;
          --attempts_;
          return attempt();
        }
        break;
      case Advice::kRetry: return broken(refusal.error, true);
      case Advice::kGiveUp: break;
    }
    fail_with(refusal.error);
  }

  // Tries again if that may help and nothing was told yet; otherwise the failure is the planner's to handle.
  void broken(Error error, bool retry_helps) {
    if (!retry_helps || assembler_->text_told() || attempts_ >= shared_->config.max_attempts || stop_.stop_requested()) return fail_with(std::move(error));
    const std::chrono::milliseconds wait = pause();
    if (wait > shared_->config.longest_wait) return fail_with(std::move(error));
    shared_->transport.after(wait, [self = this->shared_from_this()] {
      if (self->stop_.stop_requested()) return self->fail_with({ErrorKind::kCancelled, "stopped", ""});
      self->attempt();
    });
  }

  std::chrono::milliseconds pause() const {
    if (const auto told = net::retry_after(head_, std::chrono::system_clock::now())) return *told + std::chrono::milliseconds(20);
    const auto base = shared_->config.backoff.count() << std::min(attempts_ - 1, 6);
    const auto jitter = static_cast<std::int64_t>((seed_ * 2654435761u + static_cast<std::uint64_t>(attempts_) * 40503u) % 1000);
    return std::chrono::milliseconds(base / 2 + base * jitter / 1000);
  }

  void fail_with(Error error) { end(ModelFailed{std::move(error)}); }

  void end(ModelEvent last) {
    ended_ = true;
    on_stop_.reset();
    const ModelSink sink = std::move(sink_);
    if (sink) sink(std::move(last));
  }

  static constexpr std::size_t kMaxRefusal = 64 << 10;

  std::shared_ptr<Shared> shared_;
  ModelSink sink_;
  std::stop_token stop_;
  std::uint64_t seed_;
  std::vector<ToolSpec> specs_;
  std::vector<std::string> names_;
  Dialect used_;
  History history_;
  std::optional<ReplyAssembler> assembler_;
  SseParser sse_;
  BodyForm form_ = BodyForm::kUnknown;
  std::string body_;
  net::Head head_;
  std::stop_source exchange_stop_;
  std::unique_ptr<StopCallback> on_stop_;
  int attempts_ = 0;
  int lessons_ = 0;
  bool shrunk_ = false;
  bool grace_armed_ = false;
  bool ended_ = false;
};

}  // namespace

OpenAiModel::OpenAiModel(OpenAiConfig config, Telling telling, net::Transport& transport)
    : shared_(std::make_shared<Shared>(std::move(config), std::move(telling), transport)) {}

OpenAiModel::~OpenAiModel() = default;

void OpenAiModel::start(const ModelRequest& request, ModelSink sink, std::stop_token stop) {
  std::make_shared<Reply<Shared>>(shared_, request, std::move(sink), std::move(stop))->attempt();
}

std::string OpenAiModel::name() const { return shared_->config.settings.model; }

}  // namespace floorwalker::openai
