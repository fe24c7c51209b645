/// A user agent and the hints beside it, while they are read.
struct AgentReading {
  /// The bytes of a user agent that are read.
  static let maximumLength = 2_048

  let rules: AgentRules
  let hints: ClientHints
  /// The agent as it was sent.
  let text: MatchedText
  /// The agent with what browsers leave out put back from the hints, where devices and systems are
  /// looked for.
  let restored: MatchedText
  /// The parts of a version that are kept; `nil` keeps all.
  let versionParts: Int?

  init(
    _ agent: [UInt8], _ hints: ClientHints, rules: AgentRules, versionParts: Int?,
    memory: MatchMemory
  ) {
    self.rules = rules
    self.hints = hints
    self.versionParts = versionParts
    let text = MatchedText(agent, rules.expressions, memory)
    self.text = text
    if let bytes = Self.restored(text, hints, rules) {
      restored = MatchedText(bytes, rules.expressions, memory)
    } else {
      restored = text
    }
  }

  /// Whether the agent as it was sent holds a fragment.
  func holds(_ fragment: AgentFragment) -> Bool { text.matches(rules.number(fragment)) }

  /// Reads everything.
  func description() -> AgentDescription {
    var result = AgentDescription()
    if let (bot, match) = rules.bots.first(in: text) {
      result.bot = AgentDescription.Bot(name: match.fill(bot.name), category: bot.category ?? "")
      return result
    }
    result.system = system()
    result.client = client()
    result.device = device(result.system, result.client)
    return result
  }

  /// Whether a text is one in which Android browsers hide the model.
  static func hidesModel(_ text: MatchedText, _ rules: AgentRules) -> Bool {
    guard text.matches(rules.number(.hintedAndroid)) else { return false }
    return !String(decoding: text.bytes, as: UTF8.self).lowercased().contains("telegram-android/")
  }

  /// Whether a text is that of a desktop's browser, which names no device.
  static func isDesktop(_ text: MatchedText, _ rules: AgentRules) -> Bool {
    text.matches(rules.number(.desktopSystem)) && !text.matches(rules.number(.noDesktopSystem))
  }

  /// The agent with the model of the hints in its place; `nil` if there is nothing to put back.
  private static func restored(
    _ text: MatchedText, _ hints: ClientHints, _ rules: AgentRules
  ) -> [UInt8]? {
    guard !hints.model.isEmpty else { return nil }
    var agent = String(decoding: text.bytes, as: UTF8.self)
    let isAndroid = hidesModel(text, rules)
    if isAndroid {
      let version = hints.platformVersion.isEmpty ? "10" : hints.platformVersion
      agent = replacingAndroid(agent, with: "Android \(version); \(hints.model)")
    }
    let isDesktop = isDesktop(text, rules)
    if isDesktop {
      for system in ["X11; Linux x86_64", "Windows NT 10.0; Win64; x64"] {
        agent = agent.replacing(system, with: "\(system); \(hints.model)")
      }
    }
    guard isAndroid || isDesktop else { return nil }
    return Array(agent.utf8.prefix(maximumLength + ClientHints.maximumLength))
  }

  /// Replaces `Android 10…; K`, and `Android 11` to `17`.
  private static func replacingAndroid(_ agent: String, with replacement: String) -> String {
    var result = ""
    var rest = Substring(agent)
    while let found = rest.firstRange(of: "Android 1") {
      result += rest[..<found.lowerBound]
      let after = rest[found.upperBound...]
      if after.first == "0" {
        let end = after.dropFirst().drop { $0 == "." || ("0"..."9").contains($0) }
        if end.hasPrefix("; K") {
          result += replacement
          rest = end.dropFirst(3)
          continue
        }
      } else if let digit = after.first, ("1"..."7").contains(digit) {
        result += replacement
        rest = after.dropFirst()
        continue
      }
      result += rest[found]
      rest = after
    }
    return result + rest
  }
}
