import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Exports

/// Data of one contact among many that make its row fail.
@Suite("EXP-24: a contact whose row cannot be formed")
struct IsolationTests {
  private static let bad: Int64 = 377

  /// Adds contacts, each of a stage; that of the bad ones has a name that cannot be read, as from a damaged disk.
  private static func people(_ count: Int, bad: [Int64], _ bed: ExportBed) async throws {
    try await bed.people(count)
    try await bed.pool.query(
      """
      INSERT INTO stages (id, name, weight, date_added)
      VALUES (1, 'Good', 1, '2024-01-01Z'), (2, 'Bad', 2, '2024-01-01Z')
      """)
    try await bed.pool.query(
      "UPDATE contacts SET stage_id = CASE WHEN id = ANY (\(bad)) THEN 2 ELSE 1 END")
    try await bed.pool.query("ALTER TABLE stages RENAME TO whole_stages")
    try await bed.pool.query(
      """
      CREATE VIEW stages AS
        SELECT id, CASE WHEN id = 2 THEN (1 / (id - 2))::text ELSE name END AS name
        FROM whole_stages
      """)
  }

  private static func options(
    _ format: ExportFormat, _ selection: ContactSelection = ContactSelection()
  ) -> ExportOptions {
    ExportOptions(format: format, selection: selection, columns: ["id", "email", "stage"])
  }

  @Test("is left out and named, and the others are written", arguments: ExportFormat.allCases)
  func leavesOut(_ format: ExportFormat) async throws {
    var settings = ExportSettings()
    // Much of the file is stored before the contact is met.
    (settings.batchBytes, settings.partBytes) = (1_024, 4_096)
    try await ExportBed.with(settings) { bed in
      try await Self.people(1_000, bad: [Self.bad], bed)
      let made = try await bed.exporting(Self.options(format))
      let export = made.export
      #expect(export.status == .ready)
      #expect(export.rowCount == 999 && export.processedCount == 999)
      #expect(export.leftOut == [LeftOutContact(Self.bad, "division by zero")])
      var ids: [Int64]
      switch format {
      case .xlsx:
        ids = try Sheet(1, of: made.file).rows.dropFirst().compactMap { Int64($0["A"] ?? "") }
      case .csv, .jsonl:
        ids = String(decoding: made.file, as: UTF8.self).split(whereSeparator: \.isNewline)
          .compactMap { line in
            Int64(line.drop { !$0.isNumber }.prefix { $0.isNumber })
          }
      // The heading has no number.
      }
      ids.sort()
      let others = (1...1_000).map(Int64.init).filter { $0 != Self.bad }
      #expect(ids == others)
      // What was written before is no part of the file.
      #expect(try await bed.working { try await bed.idle() })
      let parts = (made.file.count + 4_095) / 4_096
      #expect(try await bed.parts() == parts)
    }
  }

  @Test("is left out of a search's result, also as one of several")
  func searched() async throws {
    try await ExportBed.with { bed in
      try await Self.people(1_000, bad: [5, 500, 505], bed)
      let selection = ContactSelection(search: "city:\"City, 0\"")
      let made = try await bed.exporting(Self.options(.csv, selection))
      #expect(made.export.status == .ready)
      #expect(made.export.rowCount == 197)
      #expect(made.export.leftOut.map(\.contact) == [5, 500, 505])
    }
  }

  @Test("is the export's failure where there are too many of them, or no others")
  func tooMany() async throws {
    try await ExportBed.with { bed in
      try await Self.people(200, bad: (1...101).map(Int64.init), bed)
      for (selection, message) in [
        (
          ContactSelection(),
          "the rows of more than 100 contacts cannot be formed: division by zero"
        ),
        (ContactSelection(ids: [3, 4]), "no row can be formed: division by zero"),
      ] {
        let export = try await bed.exporting(Self.options(.csv, selection)).export
        #expect(export.status == .failed)
        #expect(export.error?.message == message)
        #expect(export.leftOut.isEmpty)
      }
      #expect(try await bed.parts() == 0)
    }
  }
}
