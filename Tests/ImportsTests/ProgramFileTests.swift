import Foundation
import Postgres
import TestSupport
import Testing

@testable import Imports

/// Files of programs and people, imported by the first guess alone: what a person expects, or a clear question.
@Suite struct ProgramFileTests {
  private static let columns = [
    "title", "firstname", "lastname", "company", "position", "phone", "mobile", "fax", "address1",
    "address2", "city", "state", "zipcode", "country", "website",
  ]

  /// The contacts of an import as their address and what is filled, in the order of the file.
  private func people(_ item: Import, in bed: ImportBed) async throws -> [String] {
    let parts = Self.columns.map { "'; \($0)=' || c.\"\($0)\"" }.joined(separator: ", ")
    let text = """
      SELECT concat(c.email, \(parts), '; points=' || nullif(c.points, 0),
        '; attribution=' || trim_scale(c.attribution::numeric),
        '; tags=' || (SELECT string_agg(t.tag, '|' ORDER BY t.tag COLLATE "C") FROM contact_tags x
          JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = c.id),
        '; dnc=' || (SELECT d.reason FROM do_not_contact d WHERE d.contact_id = c.id))
      FROM contacts c WHERE c.id IN (SELECT contact_id FROM import_log WHERE import_id = \(item.id))
      ORDER BY c.id
      """
    return try await bed.texts(SQL(unsafeText: text)).compactMap { $0 }
  }

  private func check(_ file: ProgramFile, in bed: ImportBed) async throws {
    let item: Import
    do {
      item = try await bed.ended(try await bed.upload(file.bytes).id)
    } catch let error as ImportError {
      guard case .question(let words) = file.outcome else {
        Issue.record("\(file): \(error)")
        return
      }
      for word in words { #expect(error.message.contains(word), "\(file): \(error)") }
      return
    }
    guard case .people(let people, let failed, let warned, let remarks) = file.outcome else {
      Issue.record("\(file) was imported: \(try await self.people(item, in: bed))")
      return
    }
    let found = try await self.people(item, in: bed)
    #expect(found == file.people(people), "\(file): \(found)")
    let failures = try await bed.service.failures(item.id).rows.map(\.error)
    #expect(failures.count == failed.count, "\(file): \(failures)")
    for (found, expected) in zip(failures, failed) {
      #expect(found.contains(expected), "\(file): \(found)")
    }
    let warnings = try await bed.service.warnings(item.id).rows.map(\.text)
    #expect(warnings.count == warned.count, "\(file): \(warnings)")
    for (found, expected) in zip(warnings, warned) {
      #expect(found.contains(expected), "\(file): \(found)")
    }
    for expected in remarks {
      #expect(item.remarks.contains { $0.contains(expected) }, "\(file): \(item.remarks)")
    }
  }

  private func check(_ files: [ProgramFile]) async throws {
    try await ImportBed.with { bed in
      try await bed.working(concurrency: 4) {
        for file in files { try await check(file, in: bed) }
      }
    }
  }

  @Test(
    "IMP-04, IMP-07: files in the manner of programs, written in every way",
    arguments: Program.all + Program.more)
  func programs(program: Program) async throws { try await check(program.files()) }

  @Test("IMP-02, IMP-04, IMP-09: files of other kinds, and what stands around the table")
  func beginnings() async throws { try await check(HandMadeFiles.beginnings) }

  @Test("IMP-40, IMP-46, IMP-47: cells, rows and columns as people leave them")
  func contents() async throws { try await check(HandMadeFiles.contents) }

  @Test("The files are many, and no two have one name")
  func count() {
    let files =
      (Program.all + Program.more).flatMap { $0.files() } + HandMadeFiles.beginnings
      + HandMadeFiles.contents
    #expect(files.count >= 200 && Set(files.map(\.name)).count == files.count, "\(files.count)")
  }
}
