import Postgres
import Users

extension WidgetScope {
  /// Hits of pages; asked for one landing page or all.
  func pages(_ type: WidgetType) throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      "h.at", [.created(.pages, "pages", "h.page_id")], ["pageId": Self.of("h.page_id")])
    switch type {
    case .uniqueVisitors:
      return parts(
        "Visits", "Unique", "Returning",
        """
        SELECT count(DISTINCT \(sql: Self.visitor)) AS part, count(*) AS total
        FROM page_hits h WHERE \(sql: rows)
        """)
    case .dwellTimes:
      return .shares(
        .pie, title: "Visits",
        """
        SELECT span.label, count(*) FILTER (WHERE h.seconds >= span.low AND h.seconds < span.high)
        FROM (VALUES (1, '< 1m', 0, 60), (2, '1 - 5m', 60, 300), (3, '5 - 10m', 300, 600),
            (4, '> 10m', 600, 2147483647)) AS span (place, label, low, high)
        LEFT JOIN (SELECT extract(epoch FROM h.left_at - h.at) AS seconds FROM page_hits h
          WHERE h.left_at IS NOT NULL AND \(sql: rows)) AS h ON true
        GROUP BY span.place, span.label ORDER BY span.place
        """)
    case .popularPages:
      return .table(
        ["Page", "Hits#", "Id#"],
        """
        SELECT coalesce(p.title, 'Deleted page'), counted.n::text, counted.page_id::text
        FROM (SELECT h.page_id, count(*) AS n FROM page_hits h
          WHERE h.page_id IS NOT NULL AND \(sql: rows)
          GROUP BY 1 ORDER BY 2 DESC, 1 \(sql: end)) AS counted
        LEFT JOIN pages p ON p.id = counted.page_id ORDER BY counted.n DESC, counted.page_id
        """)
    case .pageDevices:
      return devices(
        "Visits",
        """
        SELECT d.device FROM page_hits h LEFT JOIN devices d ON d.id = h.device_id
        WHERE \(sql: rows)
        """)
    default:
      return .time([
        .init(
          label: "Visits",
          events: "SELECT h.at, 1 AS n FROM page_hits h WHERE \(sql: rows)"),
        .init(
          label: "Unique visits",
          events: "SELECT h.at, \(sql: Self.visitor) AS n FROM page_hits h WHERE \(sql: rows)",
          figure: "count(DISTINCT n)"),
      ])
    }
  }

  /// What tells visitors apart.
  private static let visitor: SQL = "coalesce(h.contact_id::text, h.tracking_id, 'h' || h.id)"
}
