import Contacts
import Foundation
package import JobQueue
package import Postgres
import Users

/// Gives points for the engagements of contacts (points-stages-forms.md 1.3). Mail, forms and tracking call it in
/// the transaction that records the engagements.
package enum PointActions {
  /// Gives the points of all matching rules (PTS-14), once for each engagement, or once for each contact if the
  /// rule is not repeatable.
  ///
  /// Whether a rule is in use depends on the instant of the engagement; what was not counted then is not made up
  /// for (PTS-13). The work is a few statements for each matching rule, whatever the number of engagements.
  ///
  /// - Parameters:
  ///   - engagements: The engagements; one may be recorded again.
  ///   - transaction: The transaction. The contacts stay locked until it ends.
  /// - Returns: The number of times a rule gave points.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func record(
    _ engagements: [PointEngagement], in transaction: Transaction
  ) async throws -> Int {
    let engagements = engagements.filter { !$0.isByUser }
    guard !engagements.isEmpty else { return 0 }
    let rules = try await rules(Set(engagements.map(\.type)), on: transaction.connection)
    let hits = rules.flatMap { rule in
      engagements.filter { rule.action.rule.isOpen(at: $0.at) && rule.matcher.matches($0) }
        .map { Hit(action: rule.action, engagement: $0) }
    }
    guard !hits.isEmpty else { return 0 }
    let contacts = Set(hits.map(\.engagement.contact)).sorted()
    let found = Set(try await ContactLock.lock(contacts, on: transaction.connection))
    let new = try await log(hits.filter { found.contains($0.engagement.contact) }, in: transaction)
    for rule in rules {
      try await give(rule.action, new.filter { $0.action == rule.action.id }, in: transaction)
    }
    return new.count
  }

  /// Returns the URL patterns whose rules depend on earlier visits: the caller that records a visit to a matching
  /// address supplies the visits before it (``PointEngagement/visits``).
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

  /// A rule with an engagement that it matches.
  private struct Hit {
    var action: PointAction
    var engagement: PointEngagement

    /// The engagement's key in the log; empty if the rule counts once per contact.
    var key: String { action.isRepeatable ? engagement.id : "" }
  }

  /// An engagement that a rule had not counted before.
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
      hits.map { ($0.engagement.contact, $0.action.id, $0.key, $0.engagement.ipID) },
      in: transaction)
    return try rows.map { row in
      Counted(
        action: try row.decode(at: 0), contact: try row.decode(at: 1), ipID: try row.decode(at: 2))
    }
  }

  /// Gives contacts the points of a rule for each of their engagements.
  private static func give(
    _ action: PointAction, _ counted: [Counted], in transaction: Transaction
  ) async throws {
    var rest = counted
    while !rest.isEmpty {
      // Each of several engagements of one contact has a log entry of its own.
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
