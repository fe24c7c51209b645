import Foundation
import Testing

@testable import Commands

@Suite("Summaries of imports and exports on the command line")
struct SummaryTests {
  @Test("An import, read from the API's answer")
  func importSummary() throws {
    let json = """
      {"id": 7, "statusName": "imported", "statusInfo": null, "lineCount": 1000,
       "insertedCount": 900, "updatedCount": 90, "ignoredCount": 10, "speed": 250.7}
      """
    let summary = try JSONDecoder().decode(ImportSummary.self, from: Data(json.utf8))
    #expect(summary.done == 1000)
    #expect(
      summary.line
        == "import 7 imported: 1000 rows, 900 created, 90 updated, 10 left out (250/s)")
  }

  @Test("A failed import tells the reason")
  func failedImport() throws {
    let json = """
      {"id": 8, "statusName": "failed", "lineCount": 5, "insertedCount": 0, "updatedCount": 0,
       "ignoredCount": 0, "speed": 0, "error": {"message": "the file is cut off"}}
      """
    let summary = try JSONDecoder().decode(ImportSummary.self, from: Data(json.utf8))
    #expect(summary.line == "import 8 failed: 5 rows: the file is cut off")
  }

  @Test("An export, with formulas made harmless")
  func exportSummary() throws {
    let json = """
      {"id": 3, "statusName": "ready", "rowCount": 20, "processedCount": 20,
       "fileName": "contacts.csv", "fileSize": 4096, "sha256": "00", "neutralisedCount": 2}
      """
    let summary = try JSONDecoder().decode(ExportSummary.self, from: Data(json.utf8))
    #expect(
      summary.line(to: "out.csv")
        == "export 3 ready: 20 contacts, 4096 bytes to out.csv; 2 formulas made harmless by a '")
  }

  @Test("EXP-24: an export without contacts whose rows could not be formed")
  func leftOut() throws {
    let json = """
      {"id": 3, "statusName": "ready", "rowCount": 18, "processedCount": 18, "fileName": "contacts.csv",
       "fileSize": 4000, "sha256": "00", "neutralisedCount": 0, "failedCount": 2}
      """
    let summary = try JSONDecoder().decode(ExportSummary.self, from: Data(json.utf8))
    #expect(
      summary.line(to: "out.csv")
        == "export 3 ready: 18 contacts, 4000 bytes to out.csv; 2 left out, whose rows could not be formed"
    )
  }
}

@Suite("Files of the command line")
struct FileTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
      // A leftover temporary folder is harmless.
      try? FileManager.default.removeItem(at: folder)
    }
    try body(folder)
  }

  @Test("An export replaces the file that was there only once it is whole")
  func target() throws {
    try withFolder { folder in
      let path = folder.appending(path: "out.csv").path
      try Data("before".utf8).write(to: URL(fileURLWithPath: path))
      let broken = try ExportTarget(path)
      try broken.handle.write(contentsOf: Data("half".utf8))
      broken.discard()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
      let whole = try ExportTarget(path)
      try whole.handle.write(contentsOf: Data("after".utf8))
      try whole.keep()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "after")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.csv"])
    }
  }

  @Test("A file is read piece by piece, with its size known beforehand")
  func source() throws {
    try withFolder { folder in
      let path = folder.appending(path: "in.csv").path
      let bytes = [UInt8](repeating: 65, count: 300_000)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let source = try FileSource(path)
      var read: [UInt8] = []
      while let piece = try source.next() { read += piece }
      #expect(source.size == 300_000 && source.position == 300_000 && read == bytes)
      #expect(throws: CommandFailure.self) { try FileSource(folder.path) }
      #expect(throws: CommandFailure.self) { try FileSource("\(path).missing") }
    }
  }
}
