import Contacts
import Foundation
import JobQueue
import Postgres
import TestSchema
import TestSupport
import Testing
import Users

@testable import Runtime

@Suite struct SettingsTests {
  private static let migrations =
    JobQueueSchema.migrations + UsersMigrations.all + ContactsMigrations.all
    + AuditMigrations.all + Settings.migrations

  @Test func aSettingHoldsItsDefaultUntilItIsSet() async throws {
    try await TestDatabase.with(migrations: Self.migrations) { database in
      let settings = Settings(postgres: database.pool)
      #expect(try await settings.value(.parallelImportLimit) == 4)
      try await settings.set("parallel_import_limit", to: "7", by: .commandLine, now: Date())
      #expect(try await settings.value(.parallelImportLimit) == 7)
      let entry = try #require(
        try await settings.list().first { $0.name == "parallel_import_limit" })
      #expect(entry.value == "7" && entry.default == "4")
    }
  }

  @Test func anotherProcessSeesAChange() async throws {
    try await TestDatabase.with(migrations: Self.migrations) { database in
      let here = Settings(postgres: database.pool)
      let there = Settings(postgres: database.pool)
      #expect(try await there.value(.parallelImportLimit) == 4)
      try await here.set("parallel_import_limit", to: "9", by: .commandLine, now: Date())
      let seen = try await eventually {
        try await there.value(.parallelImportLimit) == 9
      }
      #expect(seen)
    }
  }

  @Test("A change is in the audit log with its author, the old and the new value (CON-12)")
  func changesAreLogged() async throws {
    try await TestDatabase.with(migrations: Self.migrations) { database in
      let settings = Settings(postgres: database.pool)
      let ada = Author(id: 1, name: "Ada", address: "192.0.2.7")
      try await settings.set("export_days", to: "30", by: ada, now: Date())
      try await settings.set("export_days", to: "30", by: ada, now: Date())
      try await settings.reset("export_days", by: .commandLine, now: Date())
      try await settings.reset("export_days", by: .commandLine, now: Date())
      #expect(try await settings.value(.exportDays) == 7)
      #expect(try await database.pool.query("SELECT FROM settings").isEmpty)
      let log = try await AuditLogStore(pool: database.pool).page(
        start: 0, limit: 9, where: "true", order: "ORDER BY a.id")
      #expect(log.records.map(\.action) == ["update", "reset"])
      #expect(log.records.map(\.userName) == ["Ada", "Command line"])
      #expect(log.records.first?.object == "setting" && log.records.first?.address == "192.0.2.7")
      #expect(
        log.records.map(\.details) == [
          .object(["export_days": .array([.string("7"), .string("30")])]),
          .object(["export_days": .array([.string("30"), .string("7")])]),
        ])
      await #expect(throws: Settings.Problem.self) {
        try await settings.reset("no_such_thing", by: ada, now: Date())
      }
    }
  }

  @Test func wrongNamesAndValuesAreRefused() async throws {
    try await TestDatabase.with(migrations: Self.migrations) { database in
      let settings = Settings(postgres: database.pool)
      await #expect(throws: Settings.Problem.self) {
        try await settings.set("no_such_thing", to: "1", by: .commandLine, now: Date())
      }
      for value in ["0", "1001", "many", "", "4.5"] {
        await #expect(throws: Settings.Problem.self) {
          try await settings.set("parallel_import_limit", to: value, by: .commandLine, now: Date())
        }
      }
      let unchanged = try await settings.value(.parallelImportLimit)
      #expect(unchanged == 4)
    }
  }

  @Test("Values for headers are checked when they are set, and refused by their rule (EML-320)")
  func senders() async throws {
    try await TestDatabase.with(migrations: Self.migrations) { database in
      let settings = Settings(postgres: database.pool)
      let long = String(repeating: "n", count: 300)
      let bad = [
        ("mailer_from_name", "Kim\r\nBcc: all@example.com"), ("mailer_from_name", "Kim\u{2028}x"),
        ("mailer_from_name", long), ("mailer_from_email", ""), ("mailer_from_email", "nobody"),
        ("mailer_from_email", "Kim <kim@example.com>"), ("mailer_from_email", "kim@example.com\n"),
        ("mailer_from_email", "k\u{85}m@example.com"), ("mailer_from_email", "kim@\(long).com"),
        ("mailer_reply_to_email", "kim@localhost"), ("mailer_reply_to_email", "a@b.test,c@d.test"),
        ("mailer_return_path", "bounces"),
        ("mailer_return_path", "a-return-path-with-too-many-bytes@example.com"),
        ("mailer_unsubscribe_mailbox", "leave me"), ("mailer_bounce_mailbox", "imap:server"),
        ("mailer_bounce_mailbox", "mbox:"), ("mailer_bounce_mailbox", "maildir:/a\nb"),
        ("mailer_verified_domains", "example.com, kim@example.com"),
      ]
      for (name, value) in bad {
        let error = await #expect(throws: Settings.Problem.self, "\(name): \(value)") {
          try await settings.set(name, to: value, by: .commandLine, now: Date())
        }
        let definition = try #require(SettingDefinition.all.first { $0.name == name })
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(name): \"\(value.prefix(20))") && text.contains(definition.type))
      }
      #expect(try await database.pool.query("SELECT FROM settings").isEmpty)
      for (name, value) in [
        ("mailer_from_name", "Kim Österreich"), ("mailer_from_name", ""),
        ("mailer_from_email", "news@example.com"), ("mailer_from_email", "news@mailhost"),
        ("mailer_reply_to_email", ""), ("mailer_reply_to_email", "kim@bücher.example"),
        ("mailer_return_path", "bounces@mail.example.com"),
        ("mailer_bounce_mailbox", "maildir:/var/mail/bounces"),
        ("mailer_verified_domains", "example.com, localhost,"),
      ] {
        try await settings.set(name, to: value, by: .commandLine, now: Date())
        #expect(try await settings.list().first { $0.name == name }?.value == value)
      }
    }
  }

  @Test("Defaults are values that their settings accept")
  func defaults() {
    for setting in SettingDefinition.all {
      #expect(setting.accepts(setting.standard), "\(setting.name)")
    }
  }

  @Test("No setting is listed twice, and a group's settings stand together")
  func groups() {
    let names = SettingDefinition.all.map(\.name)
    #expect(Set(names).count == names.count)
    let groups = SettingDefinition.all.map(\.group)
    let changes = zip(groups, groups.dropFirst()).count { $0 != $1 }
    #expect(changes + 1 == Set(groups).count)
  }
}
