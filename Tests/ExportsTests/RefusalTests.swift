import Contacts
import Foundation
import JobQueue
import Query
import TestSupport
import Testing
import Users

@testable import Exports

/// Refusals, permissions and expiry.
@Suite struct RefusalTests {
  private static let other = ExportUser(Author(id: 8, name: "Other"))
  private static let administrator = ExportUser(
    Author(id: 1, name: "Admin"), isAdministrator: true)

  @Test("EXP-15: an export of nothing is an error, at once if it is known")
  func nothing() async throws {
    try await ExportBed.with { bed in
      await #expect(throws: ExportError.nothing) {
        try await bed.service.create(ExportOptions(), by: ExportBed.user)
      }
      // The contacts are deleted when the work begins.
      try await bed.people(1)
      let export = try await bed.service.create(ExportOptions(), by: ExportBed.user)
      try await bed.pool.query("DELETE FROM contacts")
      let ended = try await bed.working { try await bed.ended(export.id) }
      #expect(ended.status == .failed)
      #expect(ended.error?.code == .nothing)
      #expect(try await bed.parts() == 0)
    }
  }

  @Test("A private segment is exported only by its creator and by administrators")
  func privateSegments() async throws {
    try await ExportBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, is_global, created_by, date_added)
        VALUES (5, 'Mine', 'Mine', 'mine', false, 7, '2026-01-01Z')
        """)
      try await bed.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added)
        SELECT id, 5, '2026-01-01Z' FROM contacts
        """)
      let options = ExportOptions(selection: ContactSelection(segment: 5))
      let error = await #expect(throws: ExportError.self) {
        try await bed.service.create(options, by: Self.other)
      }
      #expect(error?.code == .forbidden)
      for user in [ExportBed.user, Self.administrator] {
        _ = try await bed.service.create(options, by: user)
      }
    }
  }

  @Test("EXP-05, case 7: above the operator's limit, refused with both numbers and without a job")
  func ceiling() async throws {
    var settings = ExportSettings()
    settings.limit = 2
    try await ExportBed.with(settings) { bed in
      try await bed.people(3)
      let error = await #expect(throws: ExportError.self) {
        try await bed.service.create(ExportOptions(), by: ExportBed.user)
      }
      #expect(error?.code == .tooMany)
      #expect(error?.message == "3 contacts match; at most 2 may be exported at once")
      #expect(try await bed.pool.query("SELECT FROM jobs").isEmpty)
      let few = ExportOptions(selection: ContactSelection(ids: [1, 2]), columns: ["id"])
      let export = try await bed.service.create(few, by: ExportBed.user)
      let ended = try await bed.working { try await bed.ended(export.id) }
      #expect(ended.rowCount == 2)
    }
  }

  @Test("A search cannot name a private segment of another user, not even to exclude it")
  func privateSegmentsInSearches() async throws {
    try await ExportBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, is_global, created_by, date_added)
        VALUES (5, 'Own', 'Own', 'own', false, 8, '2024-01-01Z')
        """)
      for search in ["segment:OWN", "c (d or !segment:own)", "common:other+own"] {
        let options = ExportOptions(selection: ContactSelection(search: search))
        let error = await #expect(throws: ExportError.self) {
          try await bed.service.create(options, by: ExportBed.user)
        }
        #expect(error?.code == .forbidden && error?.field == "search", "\(search)")
      }
      let out = ExportOptions(selection: ContactSelection(search: "!segment:own"))
      _ = try await bed.service.create(out, by: Self.other)
      _ = try await bed.service.create(out, by: Self.administrator)
      let unknown = ExportOptions(selection: ContactSelection(search: "!segment:nobodys"))
      _ = try await bed.service.create(unknown, by: ExportBed.user)
    }
  }

  @Test("An invalid search, order or condition is refused before work starts")
  func nonsense() async throws {
    try await ExportBed.with { bed in
      try await bed.people(1)
      for options in [
        ExportOptions(orderBy: "nosuch"),
        ExportOptions(selection: ContactSelection(search: "a\0b")),
        ExportOptions(
          selection: ContactSelection(
            where: .array([
              .object(["col": .string("nosuch"), "expr": .string("eq"), "val": .string("1")])
            ]))),
      ] {
        let error = await #expect(throws: ExportError.self) {
          try await bed.service.create(options, by: ExportBed.user)
        }
        #expect(error?.code == .invalid)
      }
      #expect(try await bed.pool.query("SELECT FROM exports").isEmpty)
    }
  }

  @Test("EXP-04, case 3: another user's file is forbidden, except to administrators")
  func access() async throws {
    try await ExportBed.with { bed in
      try await bed.people(1)
      let made = try await bed.exporting(ExportOptions(columns: ["email"]))
      for action in [
        { _ = try await bed.service.file(made.export.id, for: Self.other) },
        { _ = try await bed.service.get(made.export.id, for: Self.other) },
        { _ = try await bed.service.cancel(made.export.id, by: Self.other) },
        { _ = try await bed.service.delete(made.export.id, by: Self.other) },
      ] as [() async throws -> Void] {
        let error = await #expect(throws: ExportError.self) { try await action() }
        #expect(error?.code == .forbidden)
      }
      #expect(try await bed.file(made.export.id, for: Self.administrator) == made.file)
      #expect(try await bed.service.store.list(ListRequest(user: 8), of: 8).total == 0)
      #expect(try await bed.service.store.list(ListRequest(user: 1), of: nil).total == 1)
      let found = try await bed.service.store.list(
        ListRequest(search: "is:mine is:ready contacts_export", user: 7), of: 7)
      #expect(found.exports.map(\.id) == [made.export.id])
    }
  }

  @Test("EXP-13: names contain date and time, and a number if that is taken")
  func names() async throws {
    let clock = WallClock.offset(.seconds(0))
    try await ExportBed.with(clock: clock) { bed in
      try await bed.people(1)
      let now = Date(timeIntervalSince1970: 1_709_285_405)
      var names: [String] = []
      for _ in 0..<3 {
        let name = try await bed.pool.transaction { connection in
          let name = try await ExportNames.free("csv", now: now, on: connection)
          try await connection.query(
            """
            INSERT INTO exports (format, status, options, columns, file_name, date_added)
            VALUES ('csv', 5, '{}', '{}', \(name), \(now))
            """)
          return name
        }
        names.append(name)
      }
      let base = "contacts_export_2024_03_01_09_30_05"
      #expect(names == ["\(base).csv", "\(base)_1.csv", "\(base)_2.csv"])
    }
  }

  @Test("EXP-16: after its days the file is gone, refused even before it is deleted")
  func expiry() async throws {
    var settings = ExportSettings()
    settings.days = 2
    try await ExportBed.with(settings) { bed in
      try await bed.people(5)
      let made = try await bed.exporting(ExportOptions())
      #expect(made.export.dateExpires == made.export.dateEnded?.addingTimeInterval(2 * 86_400))
      let later = bed.at(.offset(.seconds(2 * 86_400 + 1)))
      let error = await #expect(throws: ExportError.self) {
        try await later.service.file(made.export.id, for: ExportBed.user)
      }
      #expect(error?.code == .expired)
      #expect(try await bed.parts() == 1)
      try await later.jobs.enqueue(SweepExports())
      #expect(try await later.working { try await later.idle() })
      #expect(try await bed.parts() == 0)
      #expect(try await bed.service.store.get(made.export.id).status == .expired)
    }
  }

  @Test("Deleting removes record and file; cancelling ends a waiting export")
  func ending() async throws {
    try await ExportBed.with { bed in
      try await bed.people(5)
      let made = try await bed.exporting(ExportOptions())
      _ = try await bed.service.delete(made.export.id, by: ExportBed.user)
      await #expect(throws: ExportError.noSuchExport(made.export.id)) {
        try await bed.service.store.get(made.export.id)
      }
      let waiting = try await bed.service.create(ExportOptions(), by: ExportBed.user)
      let notReady = await #expect(throws: ExportError.self) {
        try await bed.service.file(waiting.id, for: ExportBed.user)
      }
      #expect(notReady?.code == .notReady)
      let stopped = try await bed.service.cancel(waiting.id, by: ExportBed.user)
      #expect(stopped.status == .stopped)
      #expect(stopped.modifiedByUser == "Tester")
      let again = await #expect(throws: ExportError.self) {
        try await bed.service.cancel(waiting.id, by: ExportBed.user)
      }
      #expect(again?.code == .conflict)
      #expect(try await bed.working { try await bed.idle() })
      #expect(try await bed.parts() == 0)
      #expect(try await bed.service.store.get(waiting.id).status == .stopped)
    }
  }
}
