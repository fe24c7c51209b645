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
  /// Windows' code page of Central Europe.
  case windows1250 = "windows-1250"
  /// Windows' code page of Cyrillic.
  case windows1251 = "windows-1251"
  /// Windows' code page of Greek.
  case windows1253 = "windows-1253"
  /// Windows' code page of Turkish.
  case windows1254 = "windows-1254"
  /// ISO 8859-2, of Central Europe.
  case latin2 = "iso-8859-2"
  /// ISO 8859-15, of Western Europe with the sign of the euro.
  case latin9 = "iso-8859-15"
  /// Mac OS Roman.
  case macintosh

  /// The name in requests and responses.
  package var name: String { rawValue }

  /// The byte-order mark of the encoding.
  var byteOrderMark: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .utf16le: [0xFF, 0xFE]
    case .utf16be: [0xFE, 0xFF]
    case .windows1252, .latin1, .windows1250, .windows1251, .windows1253, .windows1254, .latin2,
      .latin9, .macintosh:
      []
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

  /// The names for messages.
  package static let names =
    "auto, utf-16, " + TextEncoding.allCases.map(\.name).joined(separator: ", ")

  /// Parses the usual names in any case: those of ``TextEncoding``, `utf-16`, `cp1252`, `latin1`, `us-ascii`,
  /// `auto` and the like. Nil for any other.
  package init?(name: String) {
    switch String(name.lowercased().filter { $0.isLetter || $0.isNumber }) {
    case "auto", "detect": self = .detect
    case "utf8", "ascii", "usascii": self = .exactly(.utf8)
    case "utf16": self = .utf16
    case "utf16le": self = .exactly(.utf16le)
    case "utf16be": self = .exactly(.utf16be)
    case "windows1252", "cp1252", "win1252", "ansi": self = .exactly(.windows1252)
    case "iso88591", "latin1", "l1": self = .exactly(.latin1)
    case "windows1250", "cp1250", "win1250": self = .exactly(.windows1250)
    case "windows1251", "cp1251", "win1251": self = .exactly(.windows1251)
    case "windows1253", "cp1253", "win1253": self = .exactly(.windows1253)
    case "windows1254", "cp1254", "win1254", "iso88599", "latin5": self = .exactly(.windows1254)
    case "iso88592", "latin2", "l2": self = .exactly(.latin2)
    case "iso885915", "latin9", "l9": self = .exactly(.latin9)
    case "macintosh", "macroman", "mac", "xmacroman": self = .exactly(.macintosh)
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
