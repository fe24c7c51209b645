import Foundation
import Postgres
import Query

/// The statements of one query of a history.
struct TimelineStatements {
  let contact: Int64?
  let query: TimelineQuery
  let sources: [TimelineSource]

  /// The number of events; if of all contacts, each kind is counted up to a limit.
  var count: SQL {
    let counts = sources.map { source -> SQL in
      guard query.pattern != nil else {
        let rows: SQL = "FROM \(sql: source.table) AS e WHERE \(sql: rows(of: source))"
        guard contact == nil else { return "SELECT count(*) AS n \(sql: rows)" }
        return """
          SELECT count(*) AS n FROM (SELECT \(sql: rows) LIMIT \(TimelineStore.countedOfAll)) AS bounded
          """
      }
      return """
        SELECT count(*) AS n FROM (\(sql: shown(source, "SELECT e.* FROM \(sql: source.table) AS e WHERE \(sql: rows(of: source))")))
          AS shown WHERE \(sql: matches)
        """
    }
    return "SELECT sum(n)::bigint FROM (\(sql: counts.joined(separator: " UNION ALL "))) AS counts"
  }

  /// The same statements for increasingly long periods before the end, so that the newest events of
  /// all contacts are found without reading old ones.
  var steps: [TimelineStatements] {
    guard contact == nil, query.order == .timestamp, query.isDescending, query.pattern == nil,
      let end = query.to
    else { return [self] }
    let starts = [3_600, 7 * 86_400].map { end.addingTimeInterval(-$0) }
      .filter { $0 > query.from ?? .distantPast }
    return starts.map { start in
      var step = query
      step.from = start
      return TimelineStatements(contact: contact, query: step, sources: sources)
    } + [self]
  }

  /// Returns the events of a page.
  func events(start: Int, limit: Int) -> SQL {
    let needsAll = query.pattern != nil || query.order == .label
    let (last, isTooFar) = limit.addingReportingOverflow(start)
    let all = sources.map { source -> SQL in
      var chosen: SQL = "SELECT e.* FROM \(sql: source.table) AS e WHERE \(sql: rows(of: source))"
      if !needsAll, !isTooFar {
        chosen += """
           ORDER BY \(sql: source.instant) \(sql: sourceDirection), \(sql: source.keyArray) \(sql: sourceDirection)
          LIMIT \(last)
          """
      }
      return shown(source, chosen)
    }
    return """
      SELECT * FROM (\(sql: all.joined(separator: " UNION ALL "))) AS shown
      WHERE \(sql: query.pattern == nil ? "true" : matches) ORDER BY \(sql: order)
      LIMIT \(limit) OFFSET \(start)
      """
  }

  /// Returns the rows of a source that match the query.
  private func rows(of source: TimelineSource) -> SQL {
    var condition: SQL = "\(sql: source.condition)"
    if let contact {
      condition += " AND \(sql: source.contact) = \(contact)"
    } else {
      // Records of deleted contacts belong to no history.
      condition += " AND \(sql: source.contact) IS NOT NULL"
      if let owner = query.owner {
        condition += " AND \(sql: source.contact) IN (\(sql: ListQuery.contacts(of: owner)))"
      }
      if let from = query.from, let hint = source.recent {
        condition += " AND \(sql: hint(from))"
      }
    }
    if let from = query.from { condition += " AND \(sql: source.instant) >= \(from)" }
    if let to = query.to { condition += " AND \(sql: source.instant) <= \(to)" }
    return condition
  }

  /// Returns rows of a source as events.
  private func shown(_ source: TimelineSource, _ rows: SQL) -> SQL {
    """
    SELECT \(source.type.rawValue)::text AS type, \(sql: source.keyArray) AS key,
      \(sql: source.instant) AS at, \(sql: source.contact) AS contact, \(sql: source.label) AS label,
      \(sql: source.details) AS details
    FROM (\(sql: rows)) AS e \(sql: source.joins)
    """
  }

  private var matches: SQL {
    let pattern = query.pattern ?? "%"
    return """
      (shown.label ILIKE \(pattern) OR EXISTS (
        SELECT FROM jsonb_each_text(shown.details) AS member (name, value)
        WHERE member.value ILIKE \(pattern)))
      """
  }

  private var direction: SQL { query.isDescending ? "DESC" : "ASC" }

  /// The order within one kind: an order by kind is by time, newest first.
  private var sourceDirection: SQL { query.order == .type ? "DESC" : direction }

  private var order: SQL {
    switch query.order {
    case .timestamp: "at \(sql: direction), type \(sql: direction), key \(sql: direction)"
    case .type: "type \(sql: direction), at DESC, key DESC"
    case .label: "label \(sql: direction), at DESC, type DESC, key DESC"
    }
  }
}
