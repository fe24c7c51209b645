import Primitives

/// Decides which engagements are not recorded: those from excluded addresses and from automated programs
/// (EML-342, EML-355).
package struct EngagementFilter: Sendable {
  private let settings: MailSettings

  /// Creates a filter with the settings.
  package init(_ settings: MailSettings) { self.settings = settings }

  /// Whether engagements from an address and a user agent are ignored.
  package func ignores(address: String?, agent: String?) -> Bool {
    if let agent, settings.ignoredAgents.contains(where: { !$0.isEmpty && agent.contains($0) }) {
      return true
    }
    guard let address else { return false }
    return settings.ignoredAddresses.contains { Self.matches(address, $0) }
  }

  /// Whether an address matches a rule: an address, a network `a.b.c.d/n` or `2001:db8::/n`, or a pattern with
  /// `*`.
  static func matches(_ address: String, _ rule: String) -> Bool {
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
    guard let network = IPNetwork(rule), let own = IPAddress(address) else {
      return address == rule
    }
    return network.contains(own)
  }
}
