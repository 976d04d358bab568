#include "agent/core/answers.h"
#include "agent/core/catalogue.h"
#include "agent/core/evidence.h"
#include "agent/core/message.h"

// The names of the core's enumerations, as they appear in JSON.
namespace floorwalker {

std::string_view to_string(Availability availability) {
  switch (availability) {
    case Availability::kUnknown: return "unknown";
    case Availability::kInStock: return "in_stock";
    case Availability::kLowStock: return "low_stock";
    case Availability::kOutOfStock: return "out_of_stock";
  }
  return "unknown";
}

std::string_view to_string(RelationKind kind) {
  switch (kind) {
    case RelationKind::kAccessory: return "accessory";
    case RelationKind::kPartOfBundle: return "part_of_bundle";
    case RelationKind::kReplacement: return "replacement";
    case RelationKind::kCompatible: return "compatible";
  }
  return "accessory";
}

std::string_view to_string(Constraint::Op op) {
  switch (op) {
    case Constraint::Op::kEquals: return "equals";
    case Constraint::Op::kNot: return "not";
    case Constraint::Op::kAtMost: return "at_most";
    case Constraint::Op::kAtLeast: return "at_least";
    case Constraint::Op::kBetween: return "between";
    case Constraint::Op::kOneOf: return "one_of";
  }
  return "equals";
}

std::string_view to_string(SearchOutcome outcome) {
  switch (outcome) {
    case SearchOutcome::kFound: return "found";
    case SearchOutcome::kNotCarried: return "not_carried";
    case SearchOutcome::kNoneMatch: return "none_match";
    case SearchOutcome::kCannotFilter: return "cannot_filter";
    case SearchOutcome::kUnknownField: return "unknown_field";
  }
  return "found";
}

std::string_view to_string(Fit fit) {
  switch (fit) {
    case Fit::kYes: return "yes";
    case Fit::kNo: return "no";
    case Fit::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(Addon::Tier tier) {
  switch (tier) {
    case Addon::Tier::kRequired: return "required";
    case Addon::Tier::kRecommended: return "recommended";
    case Addon::Tier::kPremium: return "premium";
  }
  return "recommended";
}

std::string_view to_string(CartAnswer::Change change) {
  switch (change) {
    case CartAnswer::Change::kNone: return "none";
    case CartAnswer::Change::kAdded: return "added";
    case CartAnswer::Change::kQuantityChanged: return "quantity_changed";
    case CartAnswer::Change::kVariantChanged: return "variant_changed";
    case CartAnswer::Change::kRemoved: return "removed";
    case CartAnswer::Change::kDiscountApplied: return "discount_applied";
    case CartAnswer::Change::kPartlyAdded: return "partly_added";
  }
  return "none";
}

std::string_view to_string(ToolOutcome outcome) {
  switch (outcome) {
    case ToolOutcome::kOk: return "ok";
    case ToolOutcome::kRefused: return "refused";
    case ToolOutcome::kFailed: return "failed";
    case ToolOutcome::kUnknown: return "unknown";
  }
  return "failed";
}

std::string_view to_string(ClaimKind kind) {
  switch (kind) {
    case ClaimKind::kAmount: return "amount";
    case ClaimKind::kQuantity: return "quantity";
    case ClaimKind::kAttribute: return "attribute";
    case ClaimKind::kName: return "name";
    case ClaimKind::kIdentifier: return "identifier";
    case ClaimKind::kAvailability: return "availability";
    case ClaimKind::kDelivery: return "delivery";
    case ClaimKind::kPolicy: return "policy";
    case ClaimKind::kCompatibility: return "compatibility";
    case ClaimKind::kComparison: return "comparison";
    case ClaimKind::kSuperlative: return "superlative";
    case ClaimKind::kCount: return "count";
    case ClaimKind::kAction: return "action";
    case ClaimKind::kEvaluative: return "evaluative";
  }
  return "evaluative";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSupported: return "supported";
    case Verdict::kContradicted: return "contradicted";
    case Verdict::kUnsupported: return "unsupported";
    case Verdict::kSubjective: return "subjective";
  }
  return "unsupported";
}

}  // namespace floorwalker
