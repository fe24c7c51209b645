import Postgres
import Users

/// Which rows a widget may look at: those of the request, as far as its user may see them.
struct WidgetScope {
  /// The condition of rows that belong to a record, by the record's id.
  typealias Filter = (Int64) -> SQL

  let request: WidgetRequest
  let rights: PermissionSet
  let user: Int64

  /// Returns a condition.
  ///
  /// - Parameters:
  ///   - instant: The column by which the span of time selects rows; nil for any time.
  ///   - limits: The permissions that the rows need.
  ///   - filters: The conditions of the filters that the rows know, by name.
  /// - Throws: ``ReportError/forbidden``.
  func rows(
    _ instant: SQL?, _ limits: [AreaLimit], _ filters: [String: Filter] = [:]
  ) throws(ReportError) -> SQL {
    var conditions = [try limits.condition(for: rights, user: user)]
    if let instant {
      conditions.append(
        "\(sql: instant) >= \(request.window.from) AND \(sql: instant) < \(request.window.end)")
    }
    for (name, filter) in filters.sorted(by: { $0.key < $1.key }) {
      if let id = request.filters[name] { conditions.append(filter(id)) }
    }
    return conditions.joined(separator: " AND ")
  }

  /// An instant as a text in the request's time zone.
  func text(_ instant: SQL) -> SQL {
    "to_char(\(sql: instant) AT TIME ZONE \(request.zone), 'YYYY-MM-DD HH24:MI:SS')"
  }

  /// The end of a query for a table.
  var end: SQL { "LIMIT \(request.limit)" }

  /// A condition on a column with the record's id.
  static func of(_ column: SQL) -> Filter { { id in "\(sql: column) = \(id)" } }

  /// The records of a kind that were created last.
  ///
  /// - Parameters:
  ///   - name: The column with the name.
  func created(
    _ title: String, _ table: String, _ name: String, _ area: PermissionArea
  ) throws(ReportError) -> WidgetPlan {
    let rows = try rows("r.date_added", [AreaLimit(area) { "r.created_by = \($0)" }])
    return .table(
      [title, "Created by", "Created", "Id#"],
      """
      SELECT r.\(identifier: name), r.created_by_user, \(sql: text("r.date_added")), r.id::text
      FROM \(identifier: table) AS r WHERE \(sql: rows) ORDER BY r.id DESC \(sql: end)
      """)
  }

  /// Two shares of a number: how many there are of a kind, and the others.
  ///
  /// - Parameter counts: A query that returns `part` and `total`.
  func parts(_ title: String, _ part: String, _ rest: String, _ counts: SQL) -> WidgetPlan {
    .shares(
      .pie, title: title,
      """
      SELECT share.label, share.n FROM (\(sql: counts)) AS c,
        LATERAL (VALUES (1, \(part)::text, c.part), (2, \(rest)::text, c.total - c.part))
          AS share (place, label, n)
      ORDER BY share.place
      """)
  }

  /// How many there are of each device; of a browser that says nothing it is unknown.
  ///
  /// - Parameter devices: A query that returns `device`.
  func devices(_ title: String, _ devices: SQL) -> WidgetPlan {
    .shares(
      .pie, title: title,
      """
      SELECT coalesce(nullif(d.device, ''), 'unknown') AS device, count(*) FROM (\(sql: devices)) AS d
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
      """)
  }
}
