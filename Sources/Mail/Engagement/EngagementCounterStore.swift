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
    await countLinks(on: connection)
    var numbers: [Int64: Numbers] = [:]
    for hash in first.keys {
      if let email = sends[hash]?.email { numbers[email, default: Numbers()].reads += 1 }
    }
    for click in newClicks {
      guard let email = sends[click.engagement.hash]?.email else { continue }
      numbers[email, default: Numbers()].clicks += 1
      if click.isUnique { numbers[email]?.uniques += 1 }
    }
    for send in sends.values {
      guard let email = send.email else { continue }
      let reads = (send.isMachineRead ? 1 : 0) - (send.wasMachineRead ? 1 : 0)
      let clicks = send.machineClicks - send.machineClicksBefore
      guard reads != 0 || clicks != 0 else { continue }
      numbers[email, default: Numbers()].machineReads += reads
      numbers[email]?.machineClicks += clicks
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
        machine_read_count = machine_read_count + n.machine_reads,
        machine_click_count = machine_click_count + n.machine_clicks,
        variant_read_count = variant_read_count
          + CASE WHEN variant_start_at IS NULL THEN 0 ELSE n.reads END
      FROM unnest(\(emails)::bigint[], \(values.map(\.reads))::bigint[],
        \(values.map(\.clicks))::bigint[], \(values.map(\.uniques))::bigint[],
        \(values.map(\.machineReads))::bigint[], \(values.map(\.machineClicks))::bigint[])
        AS n (id, reads, clicks, uniques, machine_reads, machine_clicks)
      WHERE e.id = n.id
      """)
  }

  /// What is added to the counters of an e-mail.
  private struct Numbers {
    var (reads, clicks, uniques, machineReads, machineClicks) = (0, 0, 0, 0, 0)
  }

  private func countLinks(on connection: PostgresConnection) async {
    var numbers: [Int64: (hits: Int, uniques: Int, machines: Int)] = [:]
    for click in newClicks {
      let isMachine = reasons[click.engagement.id] != nil
      numbers[click.link, default: (0, 0, 0)].hits += 1
      if click.isUnique { numbers[click.link]?.uniques += 1 }
      if isMachine { numbers[click.link]?.machines += 1 }
    }
    for correction in corrections { numbers[correction.link, default: (0, 0, 0)].machines += 1 }
    guard !numbers.isEmpty else { return }
    let links = numbers.sorted { $0.key < $1.key }
    await connection.sendWithNext(
      "SELECT FROM links WHERE id = ANY (\(links.map(\.key))) ORDER BY id FOR NO KEY UPDATE")
    await connection.sendWithNext(
      """
      UPDATE links l SET hits = l.hits + n.hits, unique_hits = l.unique_hits + n.uniques,
        machine_hits = l.machine_hits + n.machines
      FROM unnest(\(links.map(\.key))::bigint[], \(links.map(\.value.hits))::bigint[],
        \(links.map(\.value.uniques))::bigint[], \(links.map(\.value.machines))::bigint[])
        AS n (id, hits, uniques, machines)
      WHERE l.id = n.id
      """)
  }
}
