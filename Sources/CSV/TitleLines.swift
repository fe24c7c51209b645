import Primitives

/// Looks for the lines of a title, a date or notes that reports and address books put above their table.
///
/// Only where a row that can be nothing but a header, because it has a name for an e-mail address and another one
/// that is usual, follows within the first lines, and only rows with fewer values come before it.
enum TitleLines {
  /// The number of lines in which a header is looked for.
  private static let maximumLines = 30
  private static let maximumBytes = 1 << 16
  private static let delimiters = [
    UInt8(ascii: ","), UInt8(ascii: ";"), Byte.tab, UInt8(ascii: "|"),
  ]

  /// Returns the number of lines before the header; nil if the table begins at once, or if no header is found.
  static func count(in text: ArraySlice<UInt8>, _ delimiter: UInt8?) -> Int? {
    var (start, lines, widest) = (text.startIndex, 0, 0)
    while lines < maximumLines, start < text.endIndex, start - text.startIndex < maximumBytes {
      let end =
        text[start...].firstIndex { $0 == Byte.lineFeed || $0 == Byte.carriageReturn }
        ?? text.endIndex
      let line = String(decoding: text[start..<min(end, start + maximumBytes)], as: UTF8.self)
      // An address is data: what comes before it is no title.
      if line.contains("@") { return nil }
      let candidates = delimiter.map { [$0] } ?? delimiters
      let cells = candidates.map { Self.cells(of: line, $0) }.max { $0.count < $1.count } ?? []
      // Two names of a list of people make a header; what comes after one is no title.
      if cells.count(where: HeaderGuess.isUsual) >= 2 {
        let isBelow = widest > 0 && cells.count > max(1, widest)
        return isBelow && cells.contains(where: HeaderGuess.meansAddress) ? lines : nil
      }
      widest = max(widest, cells.count)
      start = end
      if start < text.endIndex {
        let isPair =
          text[start] == Byte.carriageReturn && start + 1 < text.endIndex
          && text[start + 1] == Byte.lineFeed
        start += isPair ? 2 : 1
      }
      lines += 1
    }
    return nil
  }

  /// The values of a line that are not empty, without quotes.
  private static func cells(of line: String, _ delimiter: UInt8) -> [String] {
    line.split { $0.utf8.elementsEqual([delimiter]) }.map {
      String($0.filter { $0 != "\"" }).trimmingBlanks()
    }.filter { !$0.isEmpty }
  }
}
