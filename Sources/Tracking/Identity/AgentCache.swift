import Contacts
import Mail
import Synchronization
import UserAgents

/// What user agents say, remembered: a few hundred make up nearly all requests, and reading one takes longer than all the
/// rest of a hit.
final class AgentCache: Sendable {
  /// What is known of an agent.
  struct Known: Sendable {
    /// The device; nil if the text describes none.
    var device: DeviceDescription?
    /// Whether it is not tracked: a bot of the lists, or named by a word of the operator's.
    var isExcluded: Bool
  }

  private struct Key: Hashable {
    var agent: String
    var hints: ClientHints
  }

  private struct State {
    var words: [String] = []
    var known: [Key: Known] = [:]
  }

  /// The maximum number of agents remembered; then all are forgotten.
  private static let limit = 10_000
  private let state = Mutex(State())
  private let reader: AgentReader

  init(reader: AgentReader) { self.reader = reader }

  /// Returns what is known of a request's agent.
  ///
  /// - Parameter words: The words of agents that are not tracked.
  func read(_ request: VisitRequest, excluding words: [String]) -> Known {
    let key = Key(agent: request.agent, hints: request.hints ?? ClientHints())
    let cached = state.withLock { state -> Known? in
      if state.words != words {
        state.words = words
        state.known = [:]
      }
      return state.known[key]
    }
    if let cached { return cached }
    let found = reader.read(key.agent, hints: key.hints)
    let known = Known(
      device: found.device,
      isExcluded: found.isBot
        || EngagementFilter(addresses: [], agents: words).ignores(address: nil, agent: key.agent))
    state.withLock { state in
      guard state.words == words else { return }
      if state.known.count >= Self.limit { state.known = [:] }
      state.known[key] = known
    }
    return known
  }
}
