import Contacts
import Postgres
import Primitives

extension PointTriggerStore {
  /// The values written for a trigger itself.
  struct Values: Equatable {
    var rule: Rule
    var points: Int
    var color: String?
    var firesExisting: Bool

    static let columns: SQL = "\(sql: Rule.columns), points, color, fires_existing"

    init(_ trigger: PointTrigger) {
      rule = trigger.rule
      points = trigger.points
      color = trigger.color
      firesExisting = trigger.firesExisting
    }

    /// Creates validated values: the given ones, and the previous ones or the defaults for the rest.
    init(
      _ input: PointTriggerInput, before: Values?, replacing: Bool,
      on connection: PostgresConnection
    ) async throws {
      rule = try await input.rule.applied(
        to: before?.rule, replacing: replacing, on: connection)
      let old = replacing ? nil : before
      points = input.points ?? old?.points ?? 0
      guard Int32(exactly: points) != nil else {
        throw InvalidInput("points", "\(points) is no number of 32 bits")
      }
      color = input.color == nil ? old?.color : try RecordText.color(input.color)
      firesExisting = input.firesExisting ?? old?.firesExisting ?? false
    }

    /// The values of ``columns``.
    var sql: SQL { "\(sql: rule.values), \(points)::integer, \(color)::text, \(firesExisting)" }

    var members: [(name: String, value: JSONValue)] {
      rule.members + [
        ("points", .integer(Int64(points))), ("color", JSONValue(color)),
        ("triggerExistingLeads", .boolean(firesExisting)),
      ]
    }
  }
}
