import Postgres
import Users

extension WidgetScope {
  /// Downloads; asked for one asset or all.
  func assets(_ type: WidgetType) throws(ReportError) -> WidgetPlan {
    if type == .createdAssets { return try created("Asset", "assets", "title", .assets) }
    let rows = try rows(
      "d.date_added", [.created(.assets, "assets", "d.asset_id")],
      ["assetId": Self.of("d.asset_id")])
    switch type {
    case .uniqueDownloads:
      return parts(
        "Downloads", "Unique", "Repetitive",
        """
        SELECT count(DISTINCT coalesce(d.contact_id::text, d.tracking_id, 'd' || d.id)) AS part,
          count(*) AS total
        FROM asset_downloads d WHERE \(sql: rows)
        """)
    case .popularAssets:
      return .table(
        ["Asset", "Downloads#", "Id#"],
        """
        SELECT coalesce(a.title, 'Deleted asset'), count(*)::text, d.asset_id::text
        FROM asset_downloads d LEFT JOIN assets a ON a.id = d.asset_id WHERE \(sql: rows)
        GROUP BY d.asset_id, a.title ORDER BY count(*) DESC, d.asset_id \(sql: end)
        """)
    default:
      return .time([
        .init(
          label: "Downloads",
          events: "SELECT d.date_added AS at, 1 AS n FROM asset_downloads d WHERE \(sql: rows)")
      ])
    }
  }
}
