import Contacts
import Postgres

/// One run of the compiler: a segment's filters with those of referenced segments inlined.
struct Compilation {
  let compiler: SegmentCompiler
  let mode: ReferenceMode
  /// The SQL that follows the condition joining related rows to a contact.
  private let scope: SQL
  var reads: Set<ChangeTopic> = []
  var change = NextChange()
  /// The current depth of references between segments, and the number of filters compiled so far.
  private var depth = 0
  private var count = 0

  init(compiler: SegmentCompiler, mode: ReferenceMode, range: ClosedRange<Int64>?) {
    self.compiler = compiler
    self.mode = mode
    scope =
      range.map { " AND r.contact_id BETWEEN \($0.lowerBound) AND \($0.upperBound)" } ?? ""
  }

  /// The number of reference levels that are inlined. Deeper ones use stored members, so that a
  /// condition stays within what the database can parse and plan.
  static let inlinedLevels = 16
  /// The number of filters that are inlined; a segment counts once for each path that leads to it.
  static let inlinedFilters = 500

  /// The number of filters of a group that may become joins; the others are subqueries per remaining
  /// contact. Finding the best order of 200 joins would take a minute.
  static let joined = 12

  /// Returns the condition for filters: all filters of at least one group hold (SEG-10).
  mutating func condition(_ filters: SegmentFilters) throws(CompileError) -> SQL {
    count += filters.filters.count
    let groups = try compiler.typed(filters, change: &change)
    guard !groups.isEmpty else { return "false" }
    var conditions: [SQL] = []
    for group in groups { conditions.append(try condition(group)) }
    guard conditions.count > 1 else { return conditions[0] }
    return "(\(sql: conditions.joined(separator: " OR ")))"
  }

  private mutating func condition(_ group: [TypedFilter]) throws(CompileError) -> SQL {
    var conditions: [SQL] = []
    for filter in group {
      reads.formUnion(filter.subject.topics)
      if filter.subject.object != .company {
        conditions.append(try condition(filter))
      }
    }
    let company = group.filter { $0.subject.object == .company }
    if !company.isEmpty { conditions.append(CompanySQL.condition(company, scope)) }
    for index in conditions.indices.dropFirst(Self.joined) {
      conditions[index] = "(\(sql: conditions[index])) IS TRUE"
    }
    return "(\(sql: conditions.joined(separator: " AND ")))"
  }

  private mutating func condition(_ filter: TypedFilter) throws(CompileError) -> SQL {
    switch filter.subject.source {
    case .value(let value, let storage, let isNeverNull):
      return ValueSQL(value: value, storage: storage, isNeverNull: isNeverNull)
        .condition(filter.test)
    case .related(let rows, let value, let storage):
      return RelatedSQL(rows: rows + scope, value: ValueSQL(value: value, storage: storage))
        .condition(filter.test)
    case .optionalRow(let rows, let value, let storage):
      return RelatedSQL(rows: rows + scope, value: ValueSQL(value: value, storage: storage))
        .optional(filter.test)
    case .recentCount(let at, let days, let count):
      return recent(filter.test, at: at, days: days, count)
    case .existence(let rows):
      return Self.existence(filter.test, rows + scope)
    case .membership:
      return try membership(filter.test)
    }
  }

  /// The condition on the number of rows of the last days, which changes at midnight UTC.
  private mutating func recent(
    _ test: FilterTest, at: SQL, days: Int?, _ count: (SQL) -> SQL
  ) -> SQL {
    var conditions = scope
    if let days {
      conditions += " AND \(sql: at) >= \(compiler.day(before: days - 1))::timestamptz"
      change.note(compiler.nextDay)
    }
    return ValueSQL(value: count(conditions), storage: .integer, isNeverNull: true).condition(test)
  }

  /// The condition that related rows exist (SEG-65): `= 1` and `!= 0` are the same.
  private static func existence(_ test: FilterTest, _ rows: SQL) -> SQL {
    let exists: SQL = "EXISTS (SELECT FROM \(sql: rows))"
    switch test {
    case .passes(.boolean(true)), .fails(.boolean(false)), .notEmpty: return exists
    default: return "NOT \(sql: exists)"
    }
  }
}

extension Compilation {
  /// The condition for membership of segments (SEG-80, and the table before SEG-36).
  private mutating func membership(_ test: FilterTest) throws(CompileError) -> SQL {
    switch test {
    case .empty: return "NOT \(sql: anySegment())"
    case .notEmpty: return anySegment()
    case .passes(.records(let ids)): return try any(of: ids)
    // In none of them, whatever the glue (SEG-15).
    case .fails(.records(let ids)): return "NOT \(sql: try any(of: ids))"
    case .passesAll(let tests): return try all(of: tests)
    case .failsSome(let tests): return "NOT \(sql: try all(of: tests))"
    case .fails: return "true"
    case .passes, .lacks: return "false"
    }
  }

  private mutating func all(of tests: [ValueTest]) throws(CompileError) -> SQL {
    var conditions: [SQL] = []
    for case .record(let id) in tests { conditions.append(try any(of: [id])) }
    return "(\(sql: conditions.joined(separator: " AND ")))"
  }

  /// Returns the condition that the contact is a member of one of these segments.
  private mutating func any(of ids: [Int64]) throws(CompileError) -> SQL {
    guard !ids.isEmpty else { return "false" }
    var stored: [Int64] = []
    var pinned: [Int64] = []
    var conditions: [SQL] = []
    for id in ids {
      guard let filters = compiler.segments[id] else { throw .missingSegment(id) }
      reads.insert(.segment(id))
      if mode == .stored || !fits(filters) {
        stored.append(id)
      } else if filters.isEmpty {
        pinned.append(id)
      } else if let condition = inlined(id, filters) {
        conditions.append(condition)
      } else {
        stored.append(id)
      }
    }
    if !stored.isEmpty { conditions.append(member(of: stored, SegmentMember.isMember("r"))) }
    // Members of a segment without filters are those added by hand (SEG-81).
    if !pinned.isEmpty { conditions.append(member(of: pinned, "r.manually_added")) }
    return "(\(sql: conditions.joined(separator: " OR ")))"
  }

  /// The members by the segment's own filters and manual changes.
  ///
  /// - Returns: `nil` if those filters cannot be evaluated: that segment keeps its members (SEG-86).
  private mutating func inlined(_ id: Int64, _ filters: SegmentFilters) -> SQL? {
    var inner = self
    inner.depth += 1
    do {
      let condition = try inner.condition(filters)
      inner.depth -= 1
      self = inner
      return """
        (\(sql: member(of: [id], "r.manually_added"))
          OR (\(sql: condition) AND NOT \(sql: member(of: [id], "r.manually_removed"))))
        """
    } catch {
      return nil
    }
  }

  private func fits(_ filters: SegmentFilters) -> Bool {
    filters.isEmpty
      || (depth < Self.inlinedLevels && count + filters.filters.count <= Self.inlinedFilters)
  }

  private func member(of ids: [Int64], _ state: SQL) -> SQL {
    """
    EXISTS (SELECT FROM segment_members r WHERE r.contact_id = c.id
      AND r.segment_id = ANY (\(ids)) AND \(sql: state)\(sql: scope))
    """
  }

  /// Returns the condition that the contact is a member of any segment. Segments that ask the same,
  /// directly or through others, do not count: their members would depend on themselves.
  private mutating func anySegment() -> SQL {
    reads.insert(.anySegment)
    let asking = Set(compiler.segments.filter { $0.value.refersToAnySegment }.keys)
    let left = asking.union(compiler.graph.dependents(of: asking)).sorted()
    let others: SQL = left.isEmpty ? "" : " AND r.segment_id <> ALL (\(left))"
    return """
      EXISTS (SELECT FROM segment_members r WHERE r.contact_id = c.id
        AND \(sql: SegmentMember.isMember("r"))\(sql: others)\(sql: scope))
      """
  }
}
