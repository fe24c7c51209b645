package import Primitives

/// What tells machines from people who open messages and follow their links (email.md 12.1). The lists are the operator's;
/// those of a new system stand with the settings.
package struct MachineSettings: Sendable, Equatable {
  /// The agents of programs that fetch pictures before anybody looks; one with `=` before it is the whole agent.
  package var prefetchAgents: [String] = []
  /// Their networks.
  package var prefetchNetworks: [IPNetwork] = []
  /// The words in the agents of programs that check links; one with `=` before it is the whole agent.
  package var scannerAgents: [String] = []
  /// Their networks.
  package var scannerNetworks: [IPNetwork] = []
  /// The seconds after the hand-over of a message in which a click is a sign of a machine.
  package var deliverySeconds = 30
  /// The seconds for which a click waits for others of its message before it is judged; 0 judges it at once, by what came
  /// before it.
  package var windowSeconds = 5
  /// Whether messages have a link that nobody sees, which only machines follow.
  package var hasTrap = false

  /// Creates the settings of a system without lists.
  package init() {}

  /// Whether a client tells by its agent or its address that it is no browser of a person.
  package func isProgram(address: String?, agent: String?) -> Bool {
    agent?.isEmpty ?? true || Self.lists(scannerAgents, agent ?? "")
      || Self.holds(scannerNetworks, address)
  }

  /// Whether an agent is listed.
  static func lists(_ agents: [String], _ agent: String) -> Bool {
    agents.contains { word in
      word.hasPrefix("=") ? agent == word.dropFirst() : !word.isEmpty && agent.contains(word)
    }
  }

  /// Whether an address is in one of the networks.
  static func holds(_ networks: [IPNetwork], _ address: String?) -> Bool {
    guard !networks.isEmpty, let address = address.flatMap({ IPAddress($0) }) else { return false }
    return networks.contains { $0.contains(address) }
  }
}
