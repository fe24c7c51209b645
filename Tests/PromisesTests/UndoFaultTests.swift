import Foundation
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on the undoing of an import (import-export.md IMP-75).
@Suite("The undoing of an import of 20,000 rows", .serialized, .timeLimit(.minutes(10)))
struct UndoFaultTests {
  @Test("survives kill -9 of its workers: each contact is looked at once, and kept where touched")
  func kills() async throws {
    let installation = try await Installation.start()
    let crew = try Crew(installation, workers: 2)
    let text = (1...20_000).map { "user\($0)@x.test,Name\n" }.joined()
    let file = try installation.file("undo.csv", "email,firstname\n" + text)
    try await installation.command(["import", file, "--watch"])
    let touched = 100
    try await installation.pool.query(
      """
      UPDATE contacts SET date_modified = now() + interval '1 hour' WHERE id % 200 = 0
      """)
    try await installation.command(["imports", "undo", "1", "--no-watch"])
    for step in 1...4 {
      #expect(
        try await eventually { try await looked(installation) >= step * 3_000 })
      try crew.replace(step % 2)
    }
    #expect(
      try await eventually { try await ended(installation) },
      "\(crew.casualties)")
    let row = try await installation.pool.query(
      "SELECT removed_count, kept_count, (SELECT count(*) FROM contacts) FROM import_undos")
    #expect(try row[0].decode(at: 0, as: Int.self) == 20_000 - touched)
    #expect(try row[0].decode(at: 1, as: Int.self) == touched)
    #expect(try row[0].decode(at: 2, as: Int.self) == touched)
  }

  private func looked(_ installation: Installation) async throws -> Int {
    try await installation.pool.query(
      "SELECT removed_count + kept_count FROM import_undos"
    ).first?.decode(at: 0) ?? 0
  }

  private func ended(_ installation: Installation) async throws -> Bool {
    try await installation.pool.query(
      "SELECT date_ended IS NOT NULL FROM import_undos"
    ).first?.decode(at: 0) ?? false
  }
}
