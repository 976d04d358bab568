#include "agent/cli/eval_judge.h"

#include "agent/cli/model_settings.h"
#include "agent/models/openai/openai_model.h"
#include "agent/net/curl_transport.h"
#include "agent/resources/resources.h"

namespace floorwalker::cli {

struct EvalJudge::Parts {
  JudgeOptions options;
  std::shared_ptr<evals::Verdicts> kept;
  net::CurlTransport transport;
  std::unique_ptr<openai::OpenAiModel> model;
};

EvalJudge::EvalJudge(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)), judge_(std::make_unique<evals::Judge>(parts_->model.get(), parts_->options.repeat, parts_->kept)) {}
EvalJudge::~EvalJudge() = default;

Result<std::unique_ptr<EvalJudge>> EvalJudge::open(const JudgeOptions& options) {
  if (options.model.empty() && options.verdicts.empty()) return std::unique_ptr<EvalJudge>();
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  if (!options.verdicts.empty()) {
    auto kept = evals::Verdicts::open(options.verdicts);
    if (!kept) return fail(kept.error());
    parts->kept = std::move(*kept);
  }
  if (!options.model.empty()) {
    if (!names_a_server(options.model)) return fail(ErrorKind::kInvalidArgument, "--judge takes URL#NAME or a model file (.yaml), not \"" + options.model + "\".");
    auto chain = read_model_settings(options.model);
    if (!chain) return fail(chain.error());
    const auto task = resources::find("prompts/judge/system.en.md");
    if (!task || chain->models.empty()) return fail(ErrorKind::kInternal, "This program was built without prompts/judge/system.en.md.");
    openai::Telling telling{[task] { return std::string(*task); }, {}};
    parts->model = std::make_unique<openai::OpenAiModel>(std::move(chain->models.front()), std::move(telling), parts->transport);
  }
  return std::unique_ptr<EvalJudge>(new EvalJudge(std::move(parts)));
}

}  // namespace floorwalker::cli
