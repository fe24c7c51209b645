import Foundation
package import JobQueue
import Postgres
package import Tracking

/// Counts the visits of pages, in the transaction that records them.
package struct PageVisitStore: PageVisitCounter {
  package init() {}

  /// Counts visits; those of deleted pages are passed over. A device counts once for each page.
  package func count(_ visits: [PageVisit], in transaction: Transaction) async throws {
    guard !visits.isEmpty else { return }
    try await transaction.query(
      """
      WITH given AS (
        SELECT v.page, v.device, v.at, p.variant_start_at
        FROM unnest(\(visits.map(\.page))::bigint[], \(visits.map(\.device))::text[],
          \(visits.map(\.at))::timestamptz[]) AS v (page, device, at)
        JOIN pages p ON p.id = v.page
      ), new AS (
        INSERT INTO page_devices (page_id, device)
        SELECT DISTINCT page, device FROM given WHERE device IS NOT NULL ORDER BY page, device
        ON CONFLICT DO NOTHING RETURNING page_id
      )
      INSERT INTO page_counts AS old (page_id, slot, hits, devices, variant_hits)
      SELECT page, pg_backend_pid() % 16, count(*),
        (SELECT count(*) FROM new WHERE new.page_id = given.page),
        count(*) FILTER (WHERE at >= variant_start_at)
      FROM given GROUP BY page ORDER BY page
      ON CONFLICT (page_id, slot) DO UPDATE SET hits = old.hits + excluded.hits,
        devices = old.devices + excluded.devices,
        variant_hits = old.variant_hits + excluded.variant_hits
      """)
  }
}
