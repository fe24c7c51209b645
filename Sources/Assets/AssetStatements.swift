package import Contacts
import Postgres
package import Segments

extension StatsTable {
  /// The downloads of assets (api.md 8.14).
  package static let assets: [StatsTable] = [
    StatsTable(
      "asset_downloads",
      """
      asset_id code date_download email_id id ip_id lead_id referer source source_id tracking_id
      """,
      from: """
        SELECT asset_id, code::bigint AS code, date_added AS date_download, email_id, id, ip_id,
          contact_id AS lead_id, referer, source, source_id, tracking_id
        FROM asset_downloads
        """)
  ]
}

extension MergeTable {
  /// The tables of assets that a merge moves.
  package static let assets: [MergeTable] = [MergeTable("asset_downloads")]
}

extension TimelineSource {
  /// Downloads in the histories of contacts (CON-100).
  package static var assets: [TimelineSource] {
    [
      TimelineSource(
        TimelineEventType(rawValue: "asset.download"), from: "asset_downloads",
        joins: "LEFT JOIN assets a ON a.id = e.asset_id",
        label: "coalesce(a.title, 'Deleted asset')",
        details: """
          jsonb_build_object('assetId', e.asset_id, 'asset', a.title, 'referer', e.referer,
            'source', e.source, 'sourceId', e.source_id)
          """)
    ]
  }
}

extension FilterRegistry {
  /// Adds the filter on downloads (segments.md 6).
  package mutating func addAssets() {
    add([
      FilterField(
        "lead_asset_download", object: .behaviors, .records,
        operators: FilterKind.lists.union(FilterKind.presence), topics: [.assetDownloads],
        source: .related(
          "asset_downloads r WHERE r.contact_id = c.id", value: "r.asset_id", .record)
      ).titled("Downloaded any of these assets", in: .web, from: .assets)
    ])
  }
}
