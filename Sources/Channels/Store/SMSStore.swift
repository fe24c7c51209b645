import Contacts
package import JobQueue
package import Postgres

/// Reads and writes texts for telephones (api.md 10). Messages that send a deleted one are left without.
package struct SMSStore: TableStore {
  package typealias Record = SMS

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "sms_messages"
  package static let noun = "sms"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [SMS] {
    try await read(rows, on: connection) { row, values, category in
      SMS(id: try row.decode("id"), values: values, category: category, dates: try RecordDates(row))
    }
  }
}
