import Primitives

/// The place in a file at which its table begins: after lines that the caller passes over, marks that nobody
/// sees, and a line that tells spreadsheets the delimiter (`sep=;`).
package struct TableStart: Sendable, Hashable {
  /// The number of bytes before it, in UTF-8.
  package private(set) var bytes = 0
  /// The physical line on which it begins, from 1.
  package private(set) var line = 1
  /// Whether lines of a title were found before it.
  package var isBelowTitle = false
  /// The delimiter that a line for spreadsheets names.
  private(set) var delimiter: UInt8?

  /// Finds the beginning of a table in the beginning of a file.
  ///
  /// - Throws: ``CSVError/noSuchLine(_:)`` if the text ends before the line.
  init(_ text: [UInt8], firstLine: Int) throws(CSVError) {
    passInvisible(text)
    takeAnnouncement(text)
    while line < firstLine {
      guard let next = Self.nextLine(text, after: bytes) else { throw .noSuchLine(firstLine) }
      bytes = next
      line += 1
    }
    passInvisible(text)
    if delimiter == nil { takeAnnouncement(text) }
    passInvisible(text)
  }

  /// A byte-order mark that was read as Windows-1252 and written as UTF-8.
  private static let misreadMark = Array("\u{EF}\u{BB}\u{BF}".utf8)

  /// Passes over characters beyond ASCII that nobody sees, such as further byte-order marks.
  private mutating func passInvisible(_ text: [UInt8]) {
    if text[bytes...].starts(with: Self.misreadMark) { bytes += Self.misreadMark.count }
    while bytes < text.count, text[bytes] >= 0x80 {
      let length = text.withUnsafeBufferPointer { Blank.length(in: $0, at: bytes) }
      if length == 0 { return }
      bytes += length
    }
  }

  /// Passes over a line `sep=;`, in any case and with or without quotes around it. Programs that write the
  /// file again fill the line up with delimiters.
  private mutating func takeAnnouncement(_ text: [UInt8]) {
    guard let next = Self.nextLine(text, after: bytes) else { return }
    var line = text[bytes..<next].filter { $0 != Byte.lineFeed && $0 != Byte.carriageReturn }
    let isQuoted = line.first == UInt8(ascii: "\"")
    if isQuoted { line.removeFirst() }
    guard line.prefix(4).map(\.lowered) == Array("sep=".utf8), line.count > 4,
      Self.delimiters.contains(line[4])
    else { return }
    let rest = line.dropFirst(isQuoted ? 6 : 5)
    guard !isQuoted || (line.count > 5 && line[5] == UInt8(ascii: "\"")),
      rest.allSatisfy({ $0 == Byte.space || Self.delimiters.contains($0) })
    else { return }
    delimiter = line[4]
    bytes = next
    self.line += 1
  }

  private static let delimiters = Set(",;|:^~\t".utf8)

  /// The offset after the next line end; nil if there is none.
  private static func nextLine(_ text: [UInt8], after start: Int) -> Int? {
    guard
      let end = text[start...].firstIndex(where: {
        $0 == Byte.lineFeed || $0 == Byte.carriageReturn
      })
    else { return nil }
    let isPair =
      text[end] == Byte.carriageReturn && end + 1 < text.count && text[end + 1] == Byte.lineFeed
    return isPair ? end + 2 : end + 1
  }
}
