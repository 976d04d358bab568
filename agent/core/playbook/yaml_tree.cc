#include "agent/core/playbook/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <unordered_map>

#include "agent/core/text.h"

namespace floorwalker::yaml {
namespace {

void add(std::vector<Finding>& findings, SourcePosition at, std::string message, std::string suggestion = {}) {
  findings.push_back({Finding::Severity::kError, std::move(at), "", std::move(message), std::move(suggestion)});
}

struct TooDeep {
  SourcePosition at;
};

// Builds the tree from the parser's events, which still know what a document object model would hide: aliases before they are expanded,
// duplicate keys, quoting.
class Builder : public YAML::EventHandler {
 public:
  Builder(const std::vector<std::string_view>& lines, const std::string& file, std::vector<Finding>& findings)
      : lines_(lines), file_(file), findings_(findings) {}

  Node take() { return std::move(root_); }
  const SourcePosition& started() const { return started_; }

  SourcePosition at(const YAML::Mark& mark) const {
    SourcePosition position{file_, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
    const auto line = static_cast<std::size_t>(position.line - 1);
    if (line < lines_.size()) {
      const auto column = std::min<std::size_t>(static_cast<std::size_t>(std::max(mark.column, 0)), lines_[line].size());
      position.column = static_cast<int>(text::code_points_before(lines_[line], column)) + 1;
    }
    return position;
  }

  void OnDocumentStart(const YAML::Mark& mark) override { started_ = at(mark); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { value(Node{}, mark); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    add(findings_, at(mark), "aliases ('*name') are not allowed", "write the value out, or put what is shared into a parent playbook and use 'extends'");
    value(Node{}, mark);
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    add(findings_, at(mark), "anchors ('&" + name + "') are not allowed", "write the value out where it is used");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    check_tag(mark, tag);
    Node node;
    node.type = Node::Type::kScalar;
    node.text = text;
    node.quoted = tag == "!";
    value(std::move(node), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(Node::Type::kList, mark, tag);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(Node::Type::kMap, mark, tag);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    Node::Entry key;
    bool has_key = false;
    bool skip = false;  // the key was refused: its value is read and dropped
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    add(findings_, at(mark), "tags ('" + tag + "') are not allowed", "quote the value if it is meant as text");
  }

  void open(Node::Type type, const YAML::Mark& mark, const std::string& tag) {
    check_tag(mark, tag);
    if (stack_.size() >= kMaxDepth) throw TooDeep{at(mark)};
    Frame frame;
    frame.node.type = type;
    frame.node.at = at(mark);
    stack_.push_back(std::move(frame));
  }

  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    place(std::move(node));
  }

  void value(Node node, const YAML::Mark& mark) {
    node.at = at(mark);
    place(std::move(node));
  }

  void place(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.type == Node::Type::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, node);
    } else {
      frame.has_key = false;
      if (node.type == Node::Type::kNull) node.at = frame.key.at;   // what stands nowhere is told at its key
      frame.key.value = std::move(node);
      if (!frame.skip) frame.node.entries.push_back(std::move(frame.key));
      frame.key = {};
    }
  }

  void take_key(Frame& frame, const Node& node) {
    frame.has_key = true;
    frame.skip = true;
    frame.key.key = node.text;
    frame.key.quoted = node.quoted;
    frame.key.at = node.at;
    if (node.type != Node::Type::kScalar) {
      add(findings_, node.at, "a key must be plain text", "a colon inside a value needs quotes around the value");
    } else if (node.text == "<<" && !node.quoted) {
      add(findings_, node.at, "merge keys ('<<') are not allowed", "use 'extends' to share settings between playbooks");
    } else if (const auto [first, fresh] = frame.lines.emplace(node.text, node.at.line); !fresh) {
      add(findings_, node.at, "'" + node.text + "' is given twice; the first stands in line " + std::to_string(first->second),
          "keep one of the two");
    } else {
      frame.skip = false;
    }
  }

  const std::vector<std::string_view>& lines_;
  const std::string& file_;
  std::vector<Finding>& findings_;
  std::vector<Frame> stack_;
  SourcePosition started_;
  Node root_;
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// What the parser would refuse with a riddle, or accept though nobody means it. Returns false when parsing is pointless.
bool check_lines(const std::vector<std::string_view>& lines, const std::string& file, std::vector<Finding>& findings) {
  bool fine = true;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t start = lines[i].find_first_not_of(' ');
    if (start != std::string_view::npos && lines[i][start] == '\t' && lines[i].find_first_not_of(" \t\r") != std::string_view::npos) {
      add(findings, {file, static_cast<int>(i) + 1, static_cast<int>(start) + 1}, "a tab is used for indentation", "use spaces");
      fine = false;
    }
  }
  return fine;
}

bool check_bytes(std::string_view text, const std::string& file, std::vector<Finding>& findings) {
  if (text.size() > kMaxBytes) {
    add(findings, {file, 1, 1}, "the file has " + std::to_string(text.size()) + " bytes; a playbook may have at most " + std::to_string(kMaxBytes));
    return false;
  }
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '\r'), plain.end());
  const std::string clean = text::sanitise(plain);
  if (clean == plain) return true;
  const auto differ = std::mismatch(plain.begin(), plain.end(), clean.begin(), clean.end()).first;
  const auto before = static_cast<int>(std::count(plain.begin(), differ, '\n'));
  const auto start = std::find(std::make_reverse_iterator(differ), plain.rend(), '\n').base();
  const std::string line(start, differ);
  add(findings, {file, before + 1, static_cast<int>(text::code_points_before(line, line.size())) + 1}, "the line has bytes that are not UTF-8 text, or control characters", "save the file as UTF-8");
  return false;
}

std::string plain_reason(const std::string& reason) {
  if (reason.find("end of map") != std::string::npos || reason.find("illegal map value") != std::string::npos) {
    return "the indentation or a colon is wrong here (" + reason + ")";
  }
  return "this is not valid YAML: " + reason;
}

void run(std::string_view text, Builder& builder, const std::string& file, std::vector<Finding>& findings) {
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) return;
    std::vector<Finding> ignored;
    const std::vector<std::string_view> none;
    Builder sink(none, file, ignored);
    if (parser.HandleNextDocument(sink)) {
      add(findings, sink.started(), "the file holds several documents ('---')", "one playbook a file; use 'environments' for variants");
    }
  } catch (const TooDeep& deep) {
    add(findings, deep.at, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  } catch (const YAML::ParserException& error) {
    add(findings, builder.at(error.mark), plain_reason(error.msg),
        "quote texts that contain ': ', ' #', or start with one of @ ` % & * ! | > [ { \" '");
  } catch (const std::exception& error) {
    add(findings, {file, 1, 1}, std::string("this is not valid YAML: ") + error.what());
  }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node parse(std::string_view text, const std::string& file, std::vector<Finding>& findings) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (!check_bytes(text, file, findings)) return {};
  const std::vector<std::string_view> lines = split_lines(text);
  if (!check_lines(lines, file, findings)) return {};
  Builder builder(lines, file, findings);
  run(text, builder, file, findings);
  return builder.take();
}

void overlay(Node& under, const Node& over) {
  if (under.type != Node::Type::kMap || over.type != Node::Type::kMap) {
    under = over;
    return;
  }
  under.at = over.at;
  for (const Node::Entry& entry : over.entries) {
    const auto same = std::find_if(under.entries.begin(), under.entries.end(), [&](const auto& old) { return old.key == entry.key; });
    if (same == under.entries.end()) {
      under.entries.push_back(entry);
    } else {
      same->at = entry.at;
      same->quoted = entry.quoted;
      overlay(same->value, entry.value);
    }
  }
}

}  // namespace floorwalker::yaml
