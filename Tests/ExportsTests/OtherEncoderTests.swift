import Foundation
import Testing

@testable import Exports

/// JSON lines and workbooks from COPY's text form.
@Suite struct OtherEncoderTests {
  static let columns = ExportColumns([
    ExportColumn("id", .number, "id"), ExportColumn("name", .text, "name"),
    ExportColumn("vip", .boolean, "vip"), ExportColumn("born", .date, "born"),
    ExportColumn("seen", .instant, "seen"), ExportColumn("tags", .list, "tags"),
  ])

  static func json(_ copy: String) throws -> String {
    var encoder = JSONRowEncoder(columns)
    var output: [UInt8] = []
    try Array(copy.utf8).withUnsafeBytes { try encoder.encode($0, into: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  @Test("JSON lines: typed values, missing ones null, lists as arrays")
  func lines() throws {
    let text = try Self.json(
      "1\tA \\\"q\\\" \\\\\\\\ \\n\\t\u{1}ß\tt\t1990-02-03\t2024-03-01 09:30:00\t[\"a\",\"b\\\\\\\\c\"]\n"
        + "2\t\\N\tf\t\\N\t\\N\t\\N\n")
    #expect(
      text == """
        {"id":1,"name":"A \\"q\\" \\\\\\\\ \\n\\t\\u0001ß","vip":true,"born":"1990-02-03",\
        "seen":"2024-03-01 09:30:00","tags":["a","b\\\\c"]}
        {"id":2,"name":null,"vip":false,"born":null,"seen":null,"tags":null}

        """)
    for line in text.split(separator: "\n") {
      _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
    }
  }

  @Test func valuesWithoutAJSONNumberAreNull() throws {
    #expect(try Self.json("NaN\tx\tt\t\\N\t\\N\t\\N\n").hasPrefix(#"{"id":null,"#))
    #expect(try Self.json("1e+20\tx\tt\t\\N\t\\N\t\\N\n").hasPrefix(#"{"id":1e+20,"#))
  }

  private static func workbook(
    _ rows: [String], rowsPerSheet: Int = 1_048_575
  ) async throws -> (file: [UInt8], shortened: Int64) {
    let encoder = try WorkbookRowEncoder(
      columns, expected: Int64(rows.count), rowsPerSheet: rowsPerSheet, folder: nil)
    defer { encoder.discard() }
    var file: [UInt8] = []
    try encoder.begin(into: &file)
    for row in rows {
      try Array((row + "\n").utf8).withUnsafeBytes { try encoder.encode($0, into: &file) }
    }
    #expect(file.isEmpty)
    try await encoder.finish { file += $0 }
    return (file, encoder.shortened)
  }

  @Test("EXP-12: in a workbook a text is a text, whatever its beginning")
  func noFormulas() async throws {
    let (file, _) = try await Self.workbook([
      "1\t=1+1\t1\t1990-02-03\t2024-03-01 12:00:00\ta|b",
      "2\t\\N\t0\t\\N\t1850-01-01 00:00:00\t\\N",
    ])
    let sheet = try Sheet(1, of: file)
    #expect(sheet.rows.map { $0["B"] } == ["name", "=1+1", nil])
    #expect(!sheet.xml.contains("<f>"))
    #expect(sheet.rows[1]["A"] == "1")
    #expect(sheet.rows[1]["C"] == "1")
    // Days since the end of 1899, as Excel counts; dates before its calendar stay text.
    #expect(sheet.rows[1]["D"] == "32907")
    #expect(sheet.rows[1]["E"] == "45352.5")
    #expect(sheet.rows[2]["E"] == "1850-01-01 00:00:00")
    #expect(sheet.rows[1]["F"] == "a|b")
  }

  @Test("EXP-21: when a sheet is full another begins, with the heading")
  func sheets() async throws {
    let (file, _) = try await Self.workbook(
      (1...5).map { "\($0)\tName \($0)\tt\t\\N\t\\N\t\\N" }, rowsPerSheet: 2)
    #expect(try Sheet(1, of: file).rows.map { $0["B"] } == ["name", "Name 1", "Name 2"])
    #expect(try Sheet(2, of: file).rows.map { $0["B"] } == ["name", "Name 3", "Name 4"])
    #expect(try Sheet(3, of: file).rows.map { $0["B"] } == ["name", "Name 5"])
    let names = try Archive.member("xl/workbook.xml", of: file)
    #expect(names.contains("\"Contacts\"") && names.contains("\"Contacts 3\""))
  }

  @Test("A cell holds 32,767 characters as Excel counts them; longer texts are cut and counted")
  func longTexts() async throws {
    let long = String(repeating: "a", count: 32_766) + "🐦 tail"
    let (file, shortened) = try await Self.workbook([
      "1\t\(long)\tt\t\\N\t\\N\t\\N", "2\t\(long.dropLast(6))b\tt\t\\N\t\\N\t\\N",
    ])
    #expect(shortened == 1)
    let sheet = try Sheet(1, of: file)
    #expect(sheet.rows[1]["B"] == String(repeating: "a", count: 32_766))
    #expect(sheet.rows[2]["B"]?.count == 32_767)
  }

  @Test func controlCharactersDoNotBreakTheFile() async throws {
    let (file, _) = try await Self.workbook(["1\ta\u{1}\u{FFFF}<&>\tt\t\\N\t\\N\t\\N"])
    let sheet = try Sheet(1, of: file)
    #expect(sheet.rows[1]["B"] == "a_x0001_\u{FFFD}<&>")
    #expect(!sheet.xml.utf8.contains(1))
  }

  @Test func anAbandonedWorkbookLeavesNothing() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = try WorkbookRowEncoder(
      Self.columns, expected: 1, rowsPerSheet: 1, folder: folder.path)
    var file: [UInt8] = []
    try encoder.begin(into: &file)
    try Array("1\ta\tt\t\\N\t\\N\t\\N\n2\tb\tt\t\\N\t\\N\t\\N\n".utf8).withUnsafeBytes {
      try encoder.encode($0, into: &file)
    }
    encoder.discard()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    #expect(!open.contains { $0.hasPrefix(folder.path) })
    try FileManager.default.removeItem(at: folder)
  }
}

/// Parts of one size, compressed on request, hashed.
@Suite struct PartCutterTests {
  @Test(arguments: [1, 3, 4, 5, 100])
  func partsHaveOneSizeExceptTheLast(_ chunk: Int) throws {
    var cutter = try PartCutter(partBytes: 4, packs: false)
    var parts: [Part] = []
    var rest = Array("abcdefghijk".utf8)[...]
    while !rest.isEmpty {
      parts += try cutter.add(Array(rest.prefix(chunk)))
      rest = rest.dropFirst(chunk)
    }
    let (last, hash) = try cutter.finish()
    parts += last
    #expect(parts.map(\.number) == [0, 1, 2])
    #expect(parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["abcd", "efgh", "ijk"])
    #expect(cutter.size == 11)
    #expect(hash == "ca2f2069ea0c6e4658222e06f8dd639659cbb5e67cbbba6734bc334a3799bc68")
  }

  @Test func gzipRoundTrips() throws {
    var cutter = try PartCutter(partBytes: 100, packs: true)
    let text = (0..<5_000).map { "line \($0 % 77)\n" }.joined()
    var parts: [Part] = []
    for piece in stride(from: 0, to: text.utf8.count, by: 999) {
      parts += try cutter.add(Array(Array(text.utf8)[piece...].prefix(999)))
    }
    parts += try cutter.finish().parts
    let packed = parts.flatMap(\.bytes)
    #expect(Int64(packed.count) == cutter.size)
    #expect(packed.count < text.utf8.count / 4)
    #expect(try Archive.gunzip(packed) == text)
  }
}
