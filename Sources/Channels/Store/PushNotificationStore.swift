import Contacts
package import JobQueue
package import Postgres

/// Reads and writes notifications (api.md 10). Messages that send a deleted one are left without.
package struct PushNotificationStore: TableStore {
  package typealias Record = PushNotification

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "push_notifications"
  package static let noun = "notification"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [PushNotification] {
    try await read(rows, on: connection) { row, values, category in
      PushNotification(
        id: try row.decode("id"), values: values, category: category, dates: try RecordDates(row))
    }
  }
}
