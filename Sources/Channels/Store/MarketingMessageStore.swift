import Contacts
package import JobQueue
package import Postgres

/// Reads and writes marketing messages (api.md 9). Deleting one leaves what its channels send.
package struct MarketingMessageStore: TableStore {
  package typealias Record = MarketingMessage

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "marketing_messages"
  package static let noun = "message"
  package static let further: SQL? = """
    (SELECT c.name FROM emails c WHERE c.id = marketing_messages.email_id) AS email_name,
    (SELECT c.name FROM sms_messages c WHERE c.id = marketing_messages.sms_id) AS sms_name,
    (SELECT c.name FROM push_notifications c WHERE c.id = marketing_messages.notification_id)
      AS notification_name
    """

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [MarketingMessage] {
    try await read(rows, on: connection) { row, values, category in
      var names: [MessageChannel: String] = [:]
      for channel in MessageChannel.allCases {
        names[channel] = try row.decode("\(channel.rawValue)_name", as: String?.self)
      }
      return MarketingMessage(
        id: try row.decode("id"), values: values, category: category, contentNames: names,
        dates: try RecordDates(row))
    }
  }

  /// Checks that category and contents exist, and keeps them from being deleted until the transaction ends.
  package func check(
    _ values: MarketingMessageValues, of id: Int64?, in transaction: Transaction
  ) async throws {
    try await requireCategory(of: values, in: transaction)
    for channel in MessageChannel.allCases {
      guard let content = values.channels[channel]?.content else { continue }
      let rows = try await transaction.query(
        """
        SELECT FROM \(identifier: Self.contents(of: channel)) WHERE id = \(content)
        FOR KEY SHARE
        """)
      if rows.isEmpty {
        throw InvalidInput(
          "channels.\(channel.rawValue).channelId", "there is no \(channel.rawValue) \(content)")
      }
    }
  }

  /// The table of what is sent on a channel.
  private static func contents(of channel: MessageChannel) -> String {
    switch channel {
    case .email: "emails"
    case .sms: SMSStore.table
    case .notification: PushNotificationStore.table
    }
  }
}
