import Contacts
package import JobQueue
package import Postgres

/// Reads and writes tweets (api.md 10).
package struct TweetStore: TableStore {
  package typealias Record = Tweet

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "tweets"
  package static let noun = "tweet"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Tweet] {
    try await read(rows, on: connection) { row, values, category in
      Tweet(
        id: try row.decode("id"), values: values, category: category, dates: try RecordDates(row))
    }
  }
}
