import Primitives

/// Decides which engagements are not recorded: those from excluded addresses and from automated programs
/// (EML-342, EML-355).
package struct EngagementFilter: Sendable, Equatable {
  /// A rule for addresses.
  private enum Rule: Equatable {
    case network(IPNetwork)
    /// A pattern with `*`, or a text that is no address.
    case text(String)
  }

  private let addresses: [Rule]
  private let agents: [String]

  /// Creates a filter with the settings.
  package init(_ settings: MailSettings) {
    self.init(addresses: settings.ignoredAddresses, agents: settings.ignoredAgents)
  }

  /// Creates a filter with rules for addresses and words of user agents.
  package init(addresses: [String], agents: [String]) {
    self.addresses = addresses.map { rule in
      (rule.contains("*") ? nil : IPNetwork(rule)).map(Rule.network) ?? .text(rule)
    }
    self.agents = agents
  }

  /// Whether engagements from an address and a user agent are ignored.
  package func ignores(address: String?, agent: String?) -> Bool {
    if let agent, agents.contains(where: { !$0.isEmpty && agent.contains($0) }) {
      return true
    }
    guard let address, !addresses.isEmpty else { return false }
    let own = IPAddress(address)
    return addresses.contains { rule in
      switch rule {
      case .network(let network): own.map { network.contains($0) } ?? false
      case .text(let text): Self.matches(address, text)
      }
    }
  }

  /// Whether an address is a text, or matches a pattern with `*`.
  private static func matches(_ address: String, _ rule: String) -> Bool {
    if rule.contains("*") {
      var rest = address[...]
      let parts = rule.split(separator: "*", omittingEmptySubsequences: false)
      guard rest.hasPrefix(parts[0]) else { return false }
      rest = rest.dropFirst(parts[0].count)
      for part in parts.dropFirst().dropLast() where !part.isEmpty {
        guard let found = rest.range(of: part) else { return false }
        rest = rest[found.upperBound...]
      }
      return rest.hasSuffix(parts[parts.count - 1])
    }
    return address == rule
  }
}
