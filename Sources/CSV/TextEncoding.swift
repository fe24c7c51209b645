/// An encoding of an uploaded file.
package enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
  /// UTF-8, with or without a byte-order mark.
  case utf8 = "utf-8"
  /// UTF-16, lower byte first.
  case utf16le = "utf-16le"
  /// UTF-16, higher byte first.
  case utf16be = "utf-16be"
  /// Windows' western European code page.
  case windows1252 = "windows-1252"
  /// ISO 8859-1. Its control codes 80–9F are read as Windows-1252, which files with that label
  /// actually contain; the five codes undefined there stay control codes.
  case latin1 = "iso-8859-1"

  /// The name in requests and responses.
  package var name: String { rawValue }

  /// The byte-order mark of the encoding.
  var byteOrderMark: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .utf16le: [0xFF, 0xFE]
    case .utf16be: [0xFE, 0xFF]
    case .windows1252, .latin1: []
    }
  }
}

/// The encoding that a request specifies for its file.
package enum RequestedEncoding: Sendable, Hashable {
  /// Detected from the content.
  case detect
  /// UTF-16 with its byte order from the mark or the content.
  case utf16
  /// Exactly this encoding.
  case exactly(TextEncoding)

  /// Parses the usual names in any case: `utf-8`, `utf-16`, `utf-16le`, `utf-16be`,
  /// `windows-1252`, `cp1252`, `iso-8859-1`, `latin1`, `us-ascii`, `auto`. Nil for any other.
  package init?(name: String) {
    switch String(name.lowercased().filter { $0.isLetter || $0.isNumber }) {
    case "auto", "detect": self = .detect
    case "utf8", "ascii", "usascii": self = .exactly(.utf8)
    case "utf16": self = .utf16
    case "utf16le": self = .exactly(.utf16le)
    case "utf16be": self = .exactly(.utf16be)
    case "windows1252", "cp1252", "win1252", "ansi": self = .exactly(.windows1252)
    case "iso88591", "latin1", "l1": self = .exactly(.latin1)
    default: return nil
    }
  }

  /// The name for messages.
  package var name: String {
    switch self {
    case .detect: "text"
    case .utf16: "utf-16"
    case .exactly(let encoding): encoding.name
    }
  }
}
