import Contacts
package import Fields
package import Foundation
package import JobQueue
import Postgres
import Primitives
package import Segments

/// The filters of contents, in the language of segments (segments.md 3 to 9): checked when they are saved, and asked for
/// one contact at a time.
package struct SlotFilters: Sendable {
  let registry: FilterRegistry
  let fields: FieldStore
  let timeZone: @Sendable () async throws -> TimeZone
  let clock: WallClock

  /// Creates filters.
  ///
  /// - Parameters:
  ///   - registry: The filter fields of all modules.
  ///   - fields: The definitions of fields.
  ///   - clock: The clock that dates refer to.
  ///   - timeZone: Returns the zone of days.
  package init(
    registry: FilterRegistry, fields: FieldStore, clock: WallClock,
    timeZone: @escaping @Sendable () async throws -> TimeZone
  ) {
    self.registry = registry
    self.fields = fields
    self.clock = clock
    self.timeZone = timeZone
  }

  /// Checks filters that are to be saved.
  ///
  /// - Throws: `InvalidInput` with every problem by filter and member; `PostgresError`.
  func check(_ json: JSONValue, on pool: PostgresPool) async throws {
    let filters: SegmentFilters
    do throws(FilterProblems) {
      filters = try SegmentFilters(json: json)
    } catch {
      throw Self.refusal(error.problems)
    }
    var problems = try await compiler(for: filters, on: pool).check(filters)
    if problems.isEmpty { problems = try await RegularExpressions.check(filters, on: pool) }
    guard problems.isEmpty else { throw Self.refusal(problems) }
  }

  private static func refusal(_ problems: [FilterProblem]) -> InvalidInput {
    var refusal = InvalidInput("filters", "cannot be read")
    refusal.problems = problems.map { .init(member: $0.key, message: $0.message) }
    return refusal
  }

  /// Whether a contact meets filters; without any, everybody does. Nobody meets filters that cannot be asked any more,
  /// such as those of a field that is gone.
  func match(_ json: JSONValue, contact: Int64?, on pool: PostgresPool) async throws -> Bool {
    guard json != .array([]), json != .null else { return true }
    guard let contact else { return false }
    do {
      let filters = try SegmentFilters(json: json)
      guard !filters.isEmpty else { return true }
      let condition = try await compiler(for: filters, on: pool)
        .compile(filters, references: .stored).condition
      // No other contact is asked: what makes the condition fail there does not matter here.
      return try await !pool.query(
        """
        WITH c AS MATERIALIZED (SELECT * FROM contacts WHERE id = \(contact))
        SELECT FROM c WHERE \(sql: condition)
        """
      ).isEmpty
    } catch {
      if ErrorCause.isElsewhere(error) { throw error }
      return false
    }
  }

  /// A compiler for this instant. Members of segments are taken as they are stored, so that their own filters do not
  /// matter.
  private func compiler(
    for filters: SegmentFilters, on pool: PostgresPool
  ) async throws -> SegmentCompiler {
    let named = filters.references.sorted()
    var segments: [Int64: SegmentFilters] = [:]
    if !named.isEmpty {
      let rows = try await pool.query("SELECT id FROM segments WHERE id = ANY (\(named))")
      for row in rows { segments[try row.decode(at: 0)] = SegmentFilters.none }
    }
    return SegmentCompiler(
      registry: registry, fields: try await fields.current(), timeZone: try await timeZone(),
      now: clock.now, segments: segments)
  }
}
