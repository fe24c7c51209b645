package import Foundation
package import JobQueue
import Postgres

/// Forgets devices of contacts who have not been active for long.
package enum DevicePruningStore {
  /// Deletes the devices, among some, that were recorded before an instant and whose contacts were not active since. Their
  /// browsers are new visitors when they come again.
  ///
  /// - Parameters:
  ///   - limit: The instant.
  ///   - after: The id after which devices are looked at.
  ///   - count: The number of devices that are looked at.
  ///   - transaction: The transaction.
  /// - Returns: The last id that was looked at; nil if there was none.
  /// - Throws: `PostgresError`.
  package static func prune(
    before limit: Date, after: Int64, count: Int, in transaction: Transaction
  ) async throws -> Int64? {
    let connection = transaction.connection
    let rows = try await connection.query(
      """
      SELECT d.id, CASE WHEN d.date_added < \(limit) AND coalesce(c.last_active, c.date_added) < \(limit)
        THEN d.contact_id END
      FROM devices d JOIN contacts c ON c.id = d.contact_id
      WHERE d.id > \(after) ORDER BY d.id LIMIT \(count)
      """)
    guard let last: Int64 = try rows.last?.decode(at: 0) else { return nil }
    let contacts = Set(try rows.compactMap { try $0.decode(at: 1, as: Int64?.self) }).sorted()
    guard !contacts.isEmpty else { return last }
    // Whoever comes back meanwhile holds the contact; then it is looked at as it is by now.
    let held = try await ContactLock.lock(contacts, on: connection)
    let gone = try await connection.query(
      """
      DELETE FROM devices d USING contacts c
      WHERE c.id = d.contact_id AND d.id > \(after) AND d.id <= \(last)
        AND d.contact_id = ANY (\(held)) AND d.date_added < \(limit)
        AND coalesce(c.last_active, c.date_added) < \(limit)
      RETURNING d.contact_id
      """
    ).map { try $0.decode(at: 0, as: Int64.self) }
    try await ContactChanges.mark(Set(gone).sorted(), [.devices], in: transaction)
    return last
  }
}
