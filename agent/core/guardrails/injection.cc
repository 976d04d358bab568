#include "agent/core/guardrails/injection.h"

#include <array>
#include <cctype>
#include <string>

#include "agent/core/guardrails/neutral.h"
#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::size_t kBlob = 48;  // letters and digits without a space: no word of any language, but an encoded text

// What product texts do not say. Several languages, because the reader that obeys understands them all.
const Phrases& marks() {
  static const Phrases phrases = {
      "quoted text not an instruction", "ignore all", "ignore any", "ignore previous", "ignore prior", "ignore the above", "ignore your", "ignore these", "ignore earlier", "disregard", "forget your",
      "forget everything", "forget all", "forget previous", "new instructions", "your instructions", "prior instructions", "previous instructions", "these instructions",
      "follow these", "instruction to", "instructions to", "instructions for", "end of instructions", "system prompt", "system message", "system notice", "system override", "system update",
      "developer mode", "debug mode", "admin mode", "you are now", "you are a", "from now on you", "act as", "pretend to", "as an ai", "ai assistant", "ai agent",
      "language model", "chatbot", "the assistant", "dear assistant", "attention assistant", "note to assistant", "assistant must", "assistant should", "the agent",
      "agent must", "agent should", "you must", "you should now", "you will now", "override", "bypass", "jailbreak", "do not tell", "don't tell", "do not mention",
      "without asking", "without telling", "without confirmation", "no confirmation", "silently", "before answering", "before you answer", "tell the customer",
      "tell the user", "tell the shopper", "tell them", "inform the user", "respond with", "respond only", "reply with", "repeat after", "print your", "output your",
      "reveal", "show your", "list your tools", "api key", "your password", "the password is", "passwords of", "your secret", "the secret", "access token", "credentials", "call the tool", "call tool", "tool call",
      "function call", "invoke", "execute", "run the", "update_cart", "start_checkout", "apply_discount", "hand_off", "add to cart", "add to the cart",
      "add this to", "add these to", "put this in", "empty the cart", "clear the cart", "remove everything", "remove all", "set quantity", "set the quantity",
      "start checkout", "start the checkout", "proceed to checkout", "apply the code", "apply code", "apply the discount", "send the", "send all", "email the",
      "post the", "forward the", "upload the", "urgent", "immediately", "act now", "emergency", "final warning", "account will be", "base64", "decode", "rot13", "hex",
      "ignoriere", "vergiss", "anweisungen", "warenkorb", "ignorez", "oubliez", "instructions précédentes", "panier", "ignora", "ignore las", "instrucciones",
      "carrito", "olvida", "istruzioni", "carrello", "ignoruj", "instrukcje", "koszyka", "игнорируй", "инструкции", "корзину", "negeer", "winkelwagen", "talimatları", "sepete"};
  return phrases;
}

constexpr std::array<std::string_view, 17> kForged = {"<|",      "|>",        "[INST]",     "[/INST]", "<<SYS>>",   "### ",     "```",  "</",  "<tool", "<system",
                                                      "assistant:", "user:",   "{\"role\"", "\"tool_calls\"", "忽略", "指示", "购物车"};

bool has_blob(std::string_view text) {
  std::size_t run = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool blob = std::isalnum(byte) != 0 || c == '+' || c == '=';
    run = blob ? run + 1 : 0;
    if (run >= kBlob) return true;
  }
  return false;
}

// Zero-width and direction characters (U+200B..U+200F, U+202A..U+202E, U+2060..U+2064) and tag characters (U+E0000..U+E007F).
bool has_invisible(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]), c = static_cast<unsigned char>(text[i + 2]);
    if (a == 0xE2 && b == 0x80 && ((c >= 0x8B && c <= 0x8F) || (c >= 0xAA && c <= 0xAE))) return true;
    if (a == 0xE2 && b == 0x81 && c >= 0xA0 && c <= 0xA4) return true;
    if (a == 0xF3 && b == 0xA0 && (c == 0x80 || c == 0x81)) return true;
  }
  return false;
}

}  // namespace

std::string injection_mark(std::string_view text) {
  text = text.substr(0, kMaxBytes);
  for (const std::string_view forged : kForged) {
    if (text.find(forged) != std::string_view::npos) return std::string(forged);
  }
  if (has_invisible(text)) return "invisible characters";
  if (has_blob(text)) return "an encoded text";
  return std::string(marks().find(spoken(text)));
}

std::string unmarked(std::string_view text) {
  if (!text.starts_with(kQuotedLabel)) return std::string(text);
  text.remove_prefix(kQuotedLabel.size());
  std::string kept;
  for (std::size_t from = 0, i = 0; i < text.size(); ++i) {
    const bool stop = text[i] == '.' || text[i] == '!' || text[i] == '?';
    const bool end = i + 1 == text.size() || text[i] == '\n' || (stop && text[i + 1] == ' ');
    if (!end) continue;
    const std::string_view sentence = text.substr(from, i + 1 - from);
    if (injection_mark(sentence).empty()) kept += sentence;
    from = i + 1;
  }
  return kept;
}

}  // namespace floorwalker::guardrails
