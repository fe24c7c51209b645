import Foundation
import Postgres
import TestSupport
import Testing

@testable import Imports

/// Whatever the file, its parts and the number of workers: the result equals applying its rows one
/// by one.
struct PropertyTests {
  static let compared = [
    "email", "firstname", "lastname", "mobile", "company", "attribution", "position",
  ]

  /// The first seed; another one tests other files.
  static let firstSeed: UInt64 = TestVariable.number("MARTLET_TEST_SEED") ?? 100

  enum Mode: String, CaseIterable {
    case oneIdentifier, and, or
  }

  @Test(
    "IMP-26, IMP-40 to IMP-56, IMP-60: any number of workers imports like one row after another",
    .serialized, arguments: Mode.allCases, 0..<3)
  func equalsTheReference(_ mode: Mode, _ round: Int) async throws {
    let seed =
      UInt64(round) * 3 + Self.firstSeed
      + (Mode.allCases.firstIndex(of: mode).map(UInt64.init) ?? 0)
    var random = SeededGenerator(seed: seed)
    var settings = ImportSettings()
    settings.limits.partRecords = Int.random(in: 1...25, using: &random)
    settings.contestedRows = Int.random(in: 1...8, using: &random)
    settings.keysPerPass = Int.random(in: 5...40, using: &random)
    settings.matchesAnyIdentifier = mode == .or
    try await ImportBed.with(settings) { bed in
      try await prepare(bed, mode)
      var reference = Reference(fields: try await bed.fields.current().contact)
      reference.anyIdentifier = mode == .or
      for number in 0..<4 {
        let count = Int.random(in: 0...90, using: &random)
        let file = RandomFile.make(
          rows: count, ids: reference.contacts.map(\.id), using: &random)
        var defaults = ImportDefaults()
        if Bool.random(using: &random) { defaults.owner = 3 }
        if Bool.random(using: &random) { defaults.list = 1 }
        if Bool.random(using: &random) { defaults.tags = ["x", "-b"] }
        if Bool.random(using: &random) { defaults.stage = "Prospect" }
        defaults.skipIfExists = Int.random(in: 0..<3, using: &random) == 0
        let options = ImportOptions(
          originalFile: "\(number).csv", fields: file.mapping, defaults: defaults,
          parser: .init(delimiter: ",", enclosure: "\"", escape: ""), allowDuplicates: true)
        let item = try await bed.importing(
          file.text, options, workers: Int.random(in: 1...3, using: &random),
          concurrency: Int.random(in: 1...3, using: &random))
        let place: Comment = "mode \(mode), seed \(seed), import \(number), \(item.mode as Any)"
        #expect(item.status == .imported, "\(place): \(item.error?.message ?? "")")
        reference.apply(
          Reference.File(
            targets: file.targets, rows: file.rows, defaults: defaults, importID: item.id,
            baseID: item.baseID ?? 0, started: item.dateStarted ?? Date()))
        #expect(
          item.counts
            == "\(reference.counts.inserted) \(reference.counts.updated) \(reference.counts.ignored)",
          place)
        let failures = try await bed.service.failures(item.id, limit: 1000).rows.map(\.row)
        #expect(failures == reference.failedRows, place)
        let found = try await Dump.of(bed, fields: Self.compared)
        let expected = Dump.of(reference, fields: Self.compared)
        #expect(found.count == expected.count, place)
        for (a, b) in zip(found, expected) where a != b {
          Issue.record("\(place)\nfound    \(a)\nexpected \(b)")
          return
        }
      }
      #expect(
        try await bed.texts("SELECT companyname FROM companies ORDER BY id").map { $0 ?? "" }
          == reference.companies)
    }
  }

  private func prepare(_ bed: ImportBed, _ mode: Mode) async throws {
    try await bed.pool.query(
      """
      INSERT INTO users (id, username, email, password_hash, date_added)
      SELECT n, 'user' || n, NULL, '', now() FROM generate_series(1, 3) n
      """)
    try await bed.pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, date_added)
      VALUES (1, 'S', 'S', 's', now())
      """)
    // Under skip-if-exists a default prevents later rows from setting a value.
    try await bed.pool.query("UPDATE fields SET default_value = 'Reader' WHERE alias = 'position'")
    guard mode != .oneIdentifier else { return }
    try await bed.twoIdentifiers()
  }
}
