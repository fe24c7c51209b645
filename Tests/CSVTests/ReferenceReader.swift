@testable import CSV

/// The rules of `CSVSplitter` once more, byte by byte over a whole file and without regard for
/// speed, as a reference for the real implementation.
struct ReferenceReader {
  struct Record: Equatable, CustomStringConvertible {
    var line: Int
    var values: [[UInt8]]
    var isBlank: Bool
    var description: String {
      "\(line): \(values.map { String(decoding: $0, as: UTF8.self) })\(isBlank ? " blank" : "")"
    }
  }

  private(set) var records: [Record] = []
  /// The line of the quote that is open at the end.
  private(set) var openQuoteLine: Int?

  init(_ bytes: [UInt8], _ dialect: CSVDialect) {
    var i = 0
    var line = 1
    while i < bytes.count {
      let (start, startLine) = (i, line)
      var values: [[UInt8]] = []
      var isBlank = false
      record: while true {
        var value: [UInt8] = []
        var open = i
        while open < bytes.count, bytes[open] == 0x20 || bytes[open] == 0x09,
          bytes[open] != dialect.delimiter
        {
          open += 1
        }
        if open < bytes.count, bytes[open] == dialect.quote {
          openQuoteLine = line
          i = open + 1
          while i < bytes.count {
            let next = i + 1 < bytes.count ? bytes[i + 1] : nil
            if bytes[i] == dialect.escape, next == dialect.quote || next == dialect.escape,
              let next
            {
              value.append(next)
              i += 2
            } else if bytes[i] == dialect.quote, next == dialect.quote {
              value.append(dialect.quote)
              i += 2
            } else if bytes[i] == dialect.quote {
              openQuoteLine = nil
              i += 1
              break
            } else {
              if bytes[i] == 0x0A || (bytes[i] == 0x0D && next != 0x0A) { line += 1 }
              value.append(bytes[i])
              i += 1
            }
          }
        }
        while i < bytes.count, ![dialect.delimiter, 0x0A, 0x0D].contains(bytes[i]) {
          value.append(bytes[i])
          i += 1
        }
        values.append(value)
        if i == bytes.count { break record }
        if bytes[i] == dialect.delimiter {
          i += 1
          continue record
        }
        isBlank = i == start
        line += 1
        i += bytes[i] == 0x0D && i + 1 < bytes.count && bytes[i + 1] == 0x0A ? 2 : 1
        break record
      }
      records.append(Record(line: startLine, values: values, isBlank: isBlank))
    }
  }
}
