import Contacts
import Foundation
package import JobQueue
package import Postgres
import Users

/// Gives points for what contacts do (points-stages-forms.md 1.3). Whoever knows of acts calls it in the
/// transaction that knows: mail, forms, tracking.
package enum PointActions {
  /// Gives the points of all rules that match (PTS-14), each once for an act, and those of a rule that is
  /// not repeatable once for a contact.
  ///
  /// A rule is in use or not by the time of the act; what was not counted then is not made up for
  /// (PTS-13). The work is a few statements for each rule that matches, whatever the number of acts.
  ///
  /// - Parameters:
  ///   - acts: What happened; the same act may be recorded again.
  ///   - transaction: The transaction. The contacts stay locked until it ends.
  /// - Returns: How often a rule gave points.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func record(
    _ acts: [PointEngagement], in transaction: Transaction
  ) async throws -> Int {
    let acts = acts.filter { !$0.isByUser }
    guard !acts.isEmpty else { return 0 }
    let rules = try await rules(Set(acts.map(\.type)), on: transaction.connection)
    let hits = rules.flatMap { rule in
      acts.filter { rule.action.rule.isOpen(at: $0.at) && rule.matcher.matches($0) }
        .map { Hit(action: rule.action, act: $0) }
    }
    guard !hits.isEmpty else { return 0 }
    let contacts = Set(hits.map(\.act.contact)).sorted()
    let found = Set(try await ContactLock.lock(contacts, on: transaction.connection))
    let new = try await log(hits.filter { found.contains($0.act.contact) }, in: transaction)
    for rule in rules {
      try await give(rule.action, new.filter { $0.action == rule.action.id }, in: transaction)
    }
    return new.count
  }

  /// The patterns of URLs whose rules ask for earlier visits: whoever records a visit to an address that
  /// matches one gives the visits before it (``PointEngagement/visits``).
  package static func patterns(on connection: PostgresConnection) async throws -> Set<String> {
    Set(
      try await rules([.urlHit], on: connection).compactMap { rule in
        rule.matcher.url.flatMap { $0.needsVisits ? $0.pattern : nil }
      })
  }

  /// Whether an address matches a pattern (PTS-15).
  package static func matches(_ url: String, pattern: String) -> Bool {
    UrlRule.matches(url, pattern)
  }

  /// A rule that matches an act.
  private struct Hit {
    var action: PointAction
    var act: PointEngagement

    /// What is told apart in the log: nothing, where the rule counts once for ever.
    var key: String { action.isRepeatable ? act.id : "" }
  }

  /// An act that a rule had not counted yet.
  private struct Counted {
    var action: Int64
    var contact: Int64
    var ipID: Int64?
  }

  private static func rules(
    _ types: Set<PointActionType>, on connection: PostgresConnection
  ) async throws -> [(action: PointAction, matcher: EngagementMatcher)] {
    try await PointActionStore.published(types, on: connection).map {
      ($0, try EngagementMatcher($0.type, $0.properties))
    }
  }

  private static func log(_ hits: [Hit], in transaction: Transaction) async throws -> [Counted] {
    guard !hits.isEmpty else { return [] }
    let rows = try await PointActionStore.log(
      hits.map { ($0.act.contact, $0.action.id, $0.key, $0.act.ipID) }, in: transaction)
    return try rows.map { row in
      Counted(
        action: try row.decode(at: 0), contact: try row.decode(at: 1), ipID: try row.decode(at: 2))
    }
  }

  /// Gives a contact the points of a rule for each of its acts.
  private static func give(
    _ action: PointAction, _ counted: [Counted], in transaction: Transaction
  ) async throws {
    var rest = counted
    while !rest.isEmpty {
      // Of several acts of one contact each has a line in the log of its own.
      var seen: Set<Int64> = []
      var later: [Counted] = []
      var ips: Set<Int64?> = []
      for one in rest {
        if seen.insert(one.contact).inserted { ips.insert(one.ipID) } else { later.append(one) }
      }
      rest = later
      let words = action.type.rawValue.split(separator: ".").map(String.init)
      let reason = PointsReason(
        type: words[0], eventName: "\(action.id): \(action.rule.name)", actionName: words[1],
        ipID: ips.count == 1 ? ips.first.flatMap { $0 } : nil)
      if let group = action.rule.group {
        _ = try await GroupScores.change(
          seen.sorted(), .points(.plus), by: action.delta, group: group, reason: reason,
          author: .system, isAudited: false, in: transaction)
      } else {
        _ = try await ContactPoints.change(
          seen.sorted(), .plus, by: action.delta, reason: reason, author: .system,
          isAudited: false, in: transaction)
      }
    }
  }
}
