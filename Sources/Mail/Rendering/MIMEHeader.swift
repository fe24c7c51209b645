import Foundation
import Primitives

/// Writes headers in their wire form: encoded words (RFC 2047), folded lines.
enum MIMEHeader {
  /// Appends `name: value`, with non-ASCII text as encoded words and long lines folded at blanks.
  static func append(_ name: String, text value: String, to output: inout [UInt8]) {
    append(name, words: words(value, firstColumn: name.utf8.count + 2), to: &output)
  }

  /// Appends a header with an address and its name.
  static func append(
    _ name: String, address: String, called person: String, to output: inout [UInt8]
  ) {
    // Settings are entered by hand.
    let address = address.filter { !$0.isWhitespace && $0 != "\0" }
    var parts = person.isEmpty ? [] : phrase(person, firstColumn: name.utf8.count + 2)
    parts.append(person.isEmpty ? address : "<\(address)>")
    append(name, words: parts, to: &output)
  }

  /// Appends a header whose words are written as they are.
  static func append(_ name: String, words: [String], to output: inout [UInt8]) {
    output.append(contentsOf: name.utf8)
    output.append(UInt8(ascii: ":"))
    var column = name.utf8.count + 1
    if words.isEmpty { output.append(UInt8(ascii: " ")) }
    for (index, word) in words.enumerated() {
      let width = word.utf8.count
      if index > 0, column + 1 + width > 76 {
        output.append(contentsOf: "\r\n".utf8)
        column = 0
      }
      output.append(UInt8(ascii: " "))
      output.append(contentsOf: word.utf8)
      column += 1 + width
    }
    output.append(contentsOf: "\r\n".utf8)
  }

  /// The length above which words are encoded, since lines must not be longer than 998.
  private static let longestWord = 850

  /// Returns a text as words: unchanged if it is ASCII; all of it as encoded words if it is not, if it begins or
  /// ends with blanks, as a line must not be blank, or if a word is too long.
  static func words(_ text: String, firstColumn: Int) -> [String] {
    guard isPlain(text), text.first != " ", text.last != " " else {
      return encoded(text, firstColumn: firstColumn)
    }
    var words: [String] = []
    // Further blanks stay with the word behind them.
    var blanks = ""
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if part.isEmpty {
        blanks += " "
      } else {
        words.append(blanks + part)
        blanks = ""
      }
    }
    let isShort = words.allSatisfy { $0.utf8.count <= longestWord }
    return isShort ? words : encoded(text, firstColumn: firstColumn)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
  }

  /// Returns a URL with non-ASCII characters percent-encoded, and without control characters.
  static func ascii(_ url: Substring) -> String {
    PercentCoding.encode(
      url.utf8.filter { $0 > 0x20 && $0 != 0x7F }, keeping: PercentCoding.printable)
  }

  /// Returns the name before an address: words, a quoted text, or encoded words.
  private static func phrase(_ name: String, firstColumn: Int) -> [String] {
    guard isPlain(name), name.utf8.count <= longestWord / 2 else {
      return encoded(name, firstColumn: firstColumn)
    }
    let isAtoms = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if isAtoms { return name.split(separator: " ").map(String.init) }
    let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return ["\"\(escaped)\""]
  }

  /// Returns encoded words of at most 75 characters, split between characters.
  private static func encoded(_ text: String, firstColumn: Int) -> [String] {
    var words: [String] = []
    var piece: [UInt8] = []
    var space = max(15, (75 - firstColumn - 12) / 4 * 3)
    func end() {
      words.append("=?UTF-8?B?\(Data(piece).base64EncodedString())?=")
      piece.removeAll()
      space = 45
    }
    for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
      let bytes = Array(String(Character(scalar)).utf8)
      if piece.count + bytes.count > space { end() }
      piece += bytes
    }
    if !piece.isEmpty { end() }
    return words
  }

  /// Returns an instant in the form of RFC 5322, in UTC.
  static func date(_ date: Date) -> String {
    let seconds = Int(saturating: date.timeIntervalSince1970.rounded(.down))
    var time = tm()
    var value = time_t(seconds)
    gmtime_r(&value, &time)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return """
      \(days[Int(time.tm_wday)]), \(two(time.tm_mday)) \(months[Int(time.tm_mon)]) \
      \(time.tm_year + 1900) \(two(time.tm_hour)):\(two(time.tm_min)):\(two(time.tm_sec)) +0000
      """
  }
}
