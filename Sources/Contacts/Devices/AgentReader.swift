import Primitives
package import UserAgents

/// Reads user agents: by lists or, where the process has none, by what common browsers plainly
/// state.
package struct AgentReader: Sendable {
  /// What is known of an agent.
  package struct Known: Sendable, Equatable {
    /// The device; `nil` if the text describes none, as those of bots and libraries do.
    package var device: DeviceDescription?
    /// Whether the lists know it as a bot; without lists nobody is known as one.
    package var isBot = false
  }

  private let lists: UserAgentParser?

  /// - Parameter lists: The lists; `nil` for none.
  package init(lists: UserAgentParser? = nil) { self.lists = lists }

  /// Reads an agent and the hints beside it.
  package func read(_ agent: String, hints: ClientHints = ClientHints()) -> Known {
    guard let lists else { return Known(device: PlainUserAgent.read(agent)) }
    let found = lists.read(agent, hints: hints)
    return Known(device: DeviceDescription(found), isBot: found.bot != nil)
  }
}

extension DeviceDescription {
  /// The device of an agent; `nil` for bots, and where neither kind nor system is known.
  init?(_ agent: AgentDescription) {
    guard agent.bot == nil, agent.device.kind != nil || agent.system != nil else { return nil }
    self.init(
      clientInfo: agent.client.map(Self.clientInfo), device: agent.device.kind?.rawValue,
      brand: Self.stored(agent.device.brand), model: Self.stored(agent.device.model),
      osName: Self.stored(agent.system?.name), osShortName: Self.stored(agent.system?.code),
      osVersion: Self.stored(agent.system?.version),
      osPlatform: Self.stored(agent.system?.platform))
  }

  private static func clientInfo(_ client: AgentDescription.Client) -> JSONValue {
    func text(_ text: String?) -> JSONValue { .string(stored(text) ?? "") }
    var members = [
      "type": text(client.type), "name": text(client.name), "version": text(client.version),
    ]
    if let browser = client.browser {
      members["short_name"] = text(browser.code)
      members["engine"] = text(browser.engine)
      members["engine_version"] = text(browser.engineVersion)
      members["family"] = browser.family.map { text($0) } ?? .null
    }
    return .object(members)
  }

  /// A text as it can be stored: not empty, not too long, without NUL.
  private static func stored(_ text: String?) -> String? {
    let scalars = (text ?? "").unicodeScalars.lazy.filter { $0 != "\0" }.prefix(maximumLength)
    return scalars.isEmpty ? nil : String(String.UnicodeScalarView(scalars))
  }
}
