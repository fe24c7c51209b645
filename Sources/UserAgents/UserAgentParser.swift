import Primitives

/// Tells what user agents say, by the lists of a file of data.
///
/// A text costs one pass that finds the expressions that can match it, and those; each of them may
/// take a number of steps, and a text on which several give up is not looked at further. What was
/// read is kept for the next request with the same text.
package final class UserAgentParser: Sendable {
  /// The bytes of a user agent that are read.
  package static let maximumLength = AgentReading.maximumLength
  /// The texts whose description is kept.
  private static let cacheLimit = 20_000
  /// Longer texts are not kept: nobody sends them twice.
  private static let maximumCachedLength = 512

  private let rules: AgentRules
  private let pool = MatchMemoryPool()
  private let cache = AgentCache(limit: cacheLimit)
  private let versionParts: Int?

  /// The package that the data were made of.
  package let source: String

  /// Makes the lists ready; expressions are compiled when they are first needed.
  ///
  /// - Parameter versionParts: The parts of versions that are kept, `2` for `120.0`; `nil` keeps
  ///   all.
  package init(_ data: AgentData, versionParts: Int? = 2) {
    rules = AgentRules(data)
    source = data.source
    self.versionParts = versionParts
  }

  /// Tells what a user agent and the hints beside it say.
  ///
  /// - Returns: A description in which nothing is known for a text that says nothing, and if there
  ///   is no memory.
  package func read(_ agent: String, hints: ClientHints = ClientHints()) -> AgentDescription {
    guard agent.utf8.count <= Self.maximumCachedLength else {
      return read(Array(agent.utf8.prefix(Self.maximumLength)), hints).description
    }
    let key = AgentCache.Key(agent: agent, hints: hints)
    if let known = cache[key] { return known }
    let description = read(Array(agent.utf8), hints).description
    cache.add(description, for: key)
    return description
  }

  /// What a text cost: the expressions matched with it, and those of them that gave up.
  struct Cost {
    var attempts = 0
    var failures = 0
  }

  /// Reads a text without the cache.
  func read(_ agent: [UInt8], _ hints: ClientHints) -> (description: AgentDescription, cost: Cost) {
    guard !hints.isEmpty || agent.contains(where: \.isLetter) else {
      return (AgentDescription(), Cost())
    }
    do throws(AgentDataError) {
      return try pool.with { memory in
        let reading = AgentReading(
          agent, hints, rules: rules, versionParts: versionParts, memory: memory)
        let description = reading.description()
        return (description, Cost(attempts: memory.attempts, failures: memory.failures))
      }
    } catch {
      return (AgentDescription(), Cost())
    }
  }
}
