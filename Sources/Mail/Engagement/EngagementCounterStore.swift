import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives

/// Adds engagements to counters.
extension EngagementBatch {
  /// Adds to the counters together with the commit: every batch of the same e-mail waits for their rows, which
  /// are locked in order.
  func count(on connection: PostgresConnection) async {
    if !newClicks.isEmpty {
      let links = Dictionary(grouping: newClicks, by: \.link).sorted { $0.key < $1.key }
      await connection.sendWithNext(
        "SELECT FROM links WHERE id = ANY (\(links.map(\.key))) ORDER BY id FOR NO KEY UPDATE")
      await connection.sendWithNext(
        """
        UPDATE links l SET hits = l.hits + n.hits, unique_hits = l.unique_hits + n.uniques
        FROM unnest(\(links.map(\.key))::bigint[], \(links.map(\.value.count))::bigint[],
          \(links.map { $0.value.filter(\.isUnique).count })::bigint[]) AS n (id, hits, uniques)
        WHERE l.id = n.id
        """)
    }
    var numbers: [Int64: (reads: Int, clicks: Int, uniques: Int)] = [:]
    for hash in first.keys {
      if let email = sends[hash]?.email { numbers[email, default: (0, 0, 0)].reads += 1 }
    }
    for click in newClicks {
      guard let email = sends[click.engagement.hash]?.email else { continue }
      numbers[email, default: (0, 0, 0)].clicks += 1
      if click.isUnique { numbers[email]?.uniques += 1 }
    }
    let emails = numbers.keys.sorted()
    guard !emails.isEmpty else { return }
    let values = emails.compactMap { numbers[$0] }
    await connection.sendWithNext(
      "SELECT FROM emails WHERE id = ANY (\(emails)) ORDER BY id FOR NO KEY UPDATE")
    await connection.sendWithNext(
      """
      UPDATE emails e SET read_count = read_count + n.reads, click_count = click_count + n.clicks,
        unique_click_count = unique_click_count + n.uniques,
        variant_read_count = variant_read_count
          + CASE WHEN variant_start_at IS NULL THEN 0 ELSE n.reads END
      FROM unnest(\(emails)::bigint[], \(values.map(\.reads))::bigint[],
        \(values.map(\.clicks))::bigint[], \(values.map(\.uniques))::bigint[])
        AS n (id, reads, clicks, uniques)
      WHERE e.id = n.id
      """)
  }
}
