import CSV
import Foundation
import Testing

@testable import Imports

/// Files and requests that cannot be imported: each error has its position, and nothing remains.
@Suite(.serialized) struct BadInputTests {
  struct Case: Sendable {
    let name: String
    let file: [UInt8]
    let code: ImportError.Code
    let says: String
    var line: Int?
    var options = ImportOptions()
  }

  static let cases: [Case] = [
    Case(name: "empty", file: [], code: .unreadable, says: "the file is empty"),
    Case(name: "blank lines", file: Array("\n\n \n".utf8), code: .unreadable, says: "empty"),
    Case(
      name: "no header", file: Array(",,\n , ,\n".utf8), code: .unreadable, says: "header"),
    Case(
      name: "data instead of a header", file: Array("a@example.com,b\nb@example.com,c\n".utf8),
      code: .mapping, says: "the first row looks like data"),
    Case(
      name: "mapped as if it had a header", file: Array("h1@hl.test\nh2@hl.test\n".utf8),
      code: .mapping, says: "column_1", options: .init(fields: ["h1@hl.test": "email"])),
    Case(
      name: "table beyond the end", file: Array("email\na@example.com\n".utf8), code: .unreadable,
      says: "there is no line 9", options: .init(parser: .init(firstLine: 9))),
    Case(
      name: "line before the first", file: Array("email\n".utf8), code: .invalid,
      says: "parser.firstLine", options: .init(parser: .init(firstLine: 0))),
    Case(
      name: "binary", file: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](0...255),
      code: .unreadable, says: "picture"),
    Case(
      name: "10,000 columns",
      file: Array((0..<10_000).map { "c\($0)" }.joined(separator: ",").utf8), code: .unreadable,
      says: "more than 1000 columns", line: 1),
    Case(
      name: "unbalanced quote", file: Array("email,city\na@example.com,\"Ber\nlin\n".utf8),
      code: .unreadable, says: "opened on line 2 is not closed", line: 2),
    Case(
      name: "Latin-1",
      file: Array(
        "email,city\na@example.com,Orl\u{e9}ans\n".unicodeScalars.map {
          UInt8($0.value)
        }), code: .unreadable, says: "wrong encoding", line: 2),
    Case(
      name: "nothing mapped", file: Array("one,two\n1,2\n".utf8), code: .mapping,
      says: "match at least one field"),
    Case(
      name: "no identifier", file: Array("firstname\nAda\n".utf8), code: .mapping,
      says: "allowDuplicates"),
    Case(
      name: "column that is not there", file: Array("email\na@example.com\n".utf8), code: .mapping,
      says: "is not a column of the file", options: .init(fields: ["E-mail": "email"])),
    Case(
      name: "field that does not exist", file: Array("email\na@example.com\n".utf8),
      code: .mapping, says: "is not a field that can be imported",
      options: .init(fields: ["email": "electronic_mail"])),
    Case(
      name: "two columns for one field", file: Array("a,b\n1,2\n".utf8), code: .mapping,
      says: "is the target of column", options: .init(fields: ["a": "email", "b": "email"])),
    Case(
      name: "company without its name", file: Array("email,companycity\n1,2\n".utf8),
      code: .mapping, says: "Company Name (companyname)"),
    Case(
      name: "owner that does not exist", file: Array("email\n".utf8), code: .invalid,
      says: "defaults.owner", options: .init(defaults: .init(owner: 99))),
    Case(
      name: "two delimiters", file: Array("email\n".utf8), code: .invalid,
      says: "parser.delimiter", options: .init(parser: .init(delimiter: ",,"))),
    Case(
      name: "unknown encoding", file: Array("email\n".utf8), code: .invalid,
      says: "parser.encoding", options: .init(parser: .init(encoding: "utf-9"))),
  ]

  @Test(
    "IMP-02, IMP-04, IMP-05, IMP-08, IMP-09, IMP-11 to IMP-13, IMP-15, case 8: refused with the reason, and nothing remains"
  )
  func isRefused() async throws {
    try await ImportBed.with { bed in
      for bad in Self.cases {
        let error = await #expect(throws: ImportError.self, "\(bad.name)") {
          try await bed.upload(bad.file, bad.options, chunk: 7)
        }
        #expect(error?.code == bad.code, "\(bad.name)")
        #expect(
          error?.message.contains(bad.says) == true, "\(bad.name): \(error?.message ?? "")")
        #expect(error?.line == bad.line, "\(bad.name)")
      }
      let left = try await bed.leftovers()
      #expect(left == [])
    }
  }

  @Test("IMP-09: a header without rows is an import of nothing")
  func headerAlone() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing("email,firstname\n")
      #expect(item.status == .imported)
      #expect(item.counts == "0 0 0")
    }
  }

  @Test("IMP-05: an endless row is refused during the upload")
  func oneEndlessLine() async throws {
    var settings = ImportSettings()
    settings.limits.recordBytes = 100_000
    try await ImportBed.with(settings) { bed in
      let piece = [UInt8](repeating: 0x61, count: 1 << 16)
      let head = Array("email,city\na@example.com,Paris\nb@example.com,".utf8)
      var sent = 0
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.upload(ImportOptions(), by: ImportBed.actor) { () -> [UInt8]? in
          sent += 1
          return sent == 1 ? head : sent < 100_000 ? piece : nil
        }
      }
      #expect(error?.code == .unreadable)
      #expect(error?.line == 3)
      // It is refused during the upload, not at its end.
      #expect(sent < 100)
      let left = try await bed.leftovers()
      #expect(left == [])
    }
  }

  @Test("IMP-03: a file above the limit is refused with the limit")
  func tooLarge() async throws {
    var settings = ImportSettings()
    settings.sizeLimit = 1000
    try await ImportBed.with(settings) { bed in
      let rows = (0..<100).map { "user\($0)@example.com\n" }.joined()
      let error = await #expect(throws: ImportError.self) {
        try await bed.upload("email\n" + rows, chunk: 100)
      }
      #expect(error?.code == .tooLarge)
      #expect(error?.message.contains("1000 bytes") == true)
    }
  }

  @Test("IMP-02, IMP-05, IMP-46, IMP-47: problems that fail only their row")
  func rowsThatFailAlone() async throws {
    try await ImportBed.with { bed in
      let long = String(repeating: "x", count: 192)
      let file =
        Array("email,firstname,country,attribution\n".utf8)
        + Array("a@example.com,\(long),,\n".utf8)
        + Array("b@example.com,Nul\u{0},,\n".utf8) + Array("c@example.com,".utf8) + [0xFF, 0xFE]
        + Array(",,\nd@example.com,,Atlantis,many\ne@example.com,Eve,France,1.5\n".utf8)
      // The first MiB decides whether the file is in its encoding: invalid bytes in it refuse the
      // whole file.
      let error = await #expect(throws: ImportError.self) { try await bed.upload(file) }
      #expect(error?.code == .unreadable)
      let rest = Array(
        String(decoding: file, as: UTF8.self).replacing("\u{FFFD}", with: "?").utf8)
      let item = try await bed.upload(rest)
      let done = try await bed.working { try await bed.ended(item.id) }
      #expect(done.status == .imported)
      #expect(done.counts == "2 0 3")
      let rows = try await bed.service.failures(item.id).rows
      #expect(
        rows.map { "\($0.line) \($0.error)" } == [
          "2 firstname: longer than 191 characters", "3 the row holds a NUL character",
          "5 attribution: not a number",
        ])
      #expect(rows.last?.data.map(\.value) == ["d@example.com", "", "Atlantis", "many"])
    }
  }

  @Test("An upload that breaks off leaves nothing")
  func uploadBreaksOff() async throws {
    struct Broken: Error {}
    var settings = ImportSettings()
    settings.limits.partRecords = 1
    try await ImportBed.with(settings) { bed in
      let file = Array("email\na@example.com\nb@example.com\n".utf8)
      var sent = false
      await #expect(throws: Broken.self) {
        try await bed.service.upload(ImportOptions(), by: ImportBed.actor) { () -> [UInt8]? in
          if sent { throw Broken() }
          sent = true
          return file
        }
      }
      let left = try await bed.leftovers()
      #expect(left == [])

      // If the options were sent before, the import waits for another attempt.
      let item = try await bed.service.create(ImportOptions(), by: ImportBed.actor)
      sent = false
      await #expect(throws: Broken.self) {
        try await bed.service.upload(into: item.id) { () -> [UInt8]? in
          if sent { throw Broken() }
          sent = true
          return file
        }
      }
      #expect(try await bed.service.store.get(item.id).status == .uploading)
      sent = false
      let whole = try await bed.service.upload(into: item.id) { () -> [UInt8]? in
        defer { sent = true }
        return sent ? nil : file
      }
      #expect(whole.status == .queued)
      #expect(whole.lineCount == 2)
    }
  }

  @Test("IMP-67: a missing part fails the import")
  func aPartThatCannotBeRead() async throws {
    var settings = ImportSettings()
    settings.limits.partRecords = 2
    try await ImportBed.with(settings) { bed in
      let rows = (1...6).map { "user\($0)@example.com\n" }.joined()
      let item = try await bed.upload("email\n" + rows, ImportOptions(autoStart: false))
      try await bed.pool.query("UPDATE import_parts SET bytes = NULL WHERE number = 1")
      // The plan reads all parts, so it detects this.
      _ = try await bed.service.start(item.id, by: ImportBed.actor)
      let done = try await bed.working { try await bed.ended(item.id) }
      #expect(done.status == .failed)
      #expect(done.error?.code == .fileNotFound)
      #expect(try await bed.texts("SELECT id::text FROM contacts") == [])
    }
  }

  @Test("IMP-02: other encodings are converted if they are named")
  func utf16AndWindows1252() async throws {
    try await ImportBed.with { bed in
      let text = "email,city\r\na@example.com,Orléans\r\n"
      let units: [UInt8] = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      let utf16: [UInt8] = [0xFF, 0xFE] + units
      let latin: [UInt8] = text.unicodeScalars.map { UInt8($0.value) }
      for (file, encoding) in [(utf16, "utf-16"), (latin, "windows-1252")] {
        let item = try await bed.upload(file, .init(parser: .init(encoding: encoding)))
        let done = try await bed.working { try await bed.ended(item.id) }
        #expect(done.status == .imported)
        #expect(try await bed.texts("SELECT city FROM contacts") == ["Orléans"])
      }
    }
  }
}
