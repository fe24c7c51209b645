import Foundation

@testable import Exports

/// Reads compressed files with the system's own tools.
enum Archive {
  /// Decompresses gzip.
  static func gunzip(_ bytes: [UInt8]) throws -> String {
    try run("gzip", ["-dc"], bytes)
  }

  /// Returns a file of a zip archive, the container of a workbook.
  static func member(_ name: String, of bytes: [UInt8]) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-test-\(UUID().uuidString).xlsx")
    try Data(bytes).write(to: file)
    let text = try run("unzip", ["-p", file.path, name], [])
    try FileManager.default.removeItem(at: file)
    return text
  }

  private static func run(_ program: String, _ arguments: [String], _ input: [UInt8]) throws
    -> String
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    Thread {
      stdin.fileHandleForWriting.write(Data(input))
      stdin.fileHandleForWriting.closeFile()
    }.start()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}

/// The cells of a sheet of a workbook.
struct Sheet {
  /// Rows of cells by the letters of their column; texts as they are, numbers as written.
  private(set) var rows: [[String: String]] = []
  private(set) var xml: String

  init(_ number: Int, of workbook: [UInt8]) throws {
    xml = try Archive.member("xl/worksheets/sheet\(number).xml", of: workbook)
    for row in xml.components(separatedBy: "<row ").dropFirst() {
      var cells: [String: String] = [:]
      for cell in row.components(separatedBy: "<c r=\"").dropFirst() {
        let column = String(cell.prefix { $0.isLetter })
        guard
          let value = Self.between("<t>", "</t>", cell)
            ?? Self.between("<t xml:space=\"preserve\">", "</t>", cell)
            ?? Self.between("<v>", "</v>", cell)
        else { continue }
        cells[column] = value.replacingOccurrences(of: "&lt;", with: "<")
          .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
      }
      rows.append(cells)
    }
  }

  private static func between(_ start: String, _ end: String, _ text: String) -> String? {
    guard let from = text.range(of: start),
      let to = text.range(of: end, range: from.upperBound..<text.endIndex)
    else { return nil }
    return String(text[from.upperBound..<to.lowerBound])
  }
}
