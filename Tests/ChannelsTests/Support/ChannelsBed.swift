import Contacts
import Foundation
import JobQueue
import Mail
import Points
import Postgres
import Segments
import TestSchema
import TestSupport
import Testing
import Users

@testable import Channels

/// A database with the stores of channels.
struct ChannelsBed: Sendable {
  let jobs: JobClient

  static let author = Author(id: nil, name: "Ada Admin")
  private static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all + ChannelsMigrations.all

  var pool: PostgresPool { jobs.postgres }
  var now: Date { jobs.clock.now }
  var smses: SMSStore { SMSStore(transactions: jobs.transactions) }
  var notifications: PushNotificationStore {
    PushNotificationStore(transactions: jobs.transactions)
  }
  var tweets: TweetStore { TweetStore(transactions: jobs.transactions) }
  var messages: MarketingMessageStore { MarketingMessageStore(transactions: jobs.transactions) }

  static func with<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (ChannelsBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations) { base in
      try await body(ChannelsBed(jobs: base.jobs))
    }
  }

  /// Creates a text for telephones.
  func sms(_ name: String = "Hello") async throws -> SMS {
    var input = SMSInput()
    input.name = name
    input.message = "Hello there"
    return try await smses.create(input, by: Self.author, now: now)
  }

  /// Creates a notification.
  func notification(_ name: String = "News") async throws -> PushNotification {
    var input = PushNotificationInput()
    input.name = name
    input.heading = "News"
    input.message = "Something is new"
    return try await notifications.create(input, by: Self.author, now: now)
  }

  /// Creates an e-mail and returns its id.
  func email(_ name: String = "Letter") async throws -> Int64 {
    let rows = try await pool.query(
      """
      INSERT INTO emails (name, subject, date_added) VALUES (\(name), 'Subject', \(now))
      RETURNING id
      """)
    return try #require(rows.first).decode(at: 0)
  }

  /// Creates a category and returns its id.
  func category() async throws -> Int64 {
    var input = CategoryInput()
    input.title = "Sale"
    input.bundle = "messages"
    return try await categories.create(input, by: Self.author, now: now).id
  }

  var categories: CategoryStore { CategoryStore(transactions: jobs.transactions, tables: []) }

  /// The entries of the audit log about a kind of record: action and details.
  func audited(_ object: String) async throws -> [String] {
    try await pool.query(
      "SELECT action || ' ' || details::text FROM audit_log WHERE object = \(object) ORDER BY id"
    ).map { try $0.decode(at: 0) }
  }
}
