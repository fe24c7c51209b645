import Primitives

/// The kind of a file that is not text.
package enum BinaryKind: String, Sendable, Hashable, Codable {
  /// A zip archive, such as an Excel or OpenDocument sheet.
  case zip
  /// The older Excel and Word format.
  case office
  /// gzip, not declared by `Content-Encoding`.
  case gzip
  /// Another compressed archive (7z, rar, xz, bzip2, zstd).
  case archive
  /// A PDF document.
  case pdf
  /// A picture (PNG, JPEG, GIF, WebP, TIFF, BMP).
  case image
  case program
  /// A SQLite database or a Parquet file.
  case database
  /// A page in HTML, as some programs name `.csv` or `.xls`.
  case page
  /// XML, such as a workbook of Excel 2003.
  case xml
  case json
  /// A vCard.
  case card
  /// A text of a word processor (RTF).
  case rich
  /// Anything else with bytes that text does not contain.
  case unknown

  /// The name for messages, with its article.
  package var description: String {
    switch self {
    case .zip: "a zip archive or an Excel (xlsx) file; save it as CSV first"
    case .office: "an old Excel or Word file; save it as CSV first"
    case .gzip: "a gzip file; send it with Content-Encoding: gzip or unpack it first"
    case .archive: "a compressed archive"
    case .pdf: "a PDF document"
    case .image: "a picture"
    case .program: "a program"
    case .database: "a database file"
    case .page: "a web page (HTML); open it and save it as CSV first"
    case .xml: "XML; open it and save it as CSV first"
    case .json: "JSON; save it as CSV first"
    case .card: "a vCard; save it as CSV first"
    case .rich: "a text document (RTF); save it as CSV first"
    case .unknown: "binary data"
    }
  }

  private static let openings: [(text: String, kind: BinaryKind)] = [
    ("<!doctype html", .page), ("<html", .page), ("<table", .page), ("<meta ", .page),
    ("<head", .page), ("<body", .page), ("<?xml", .xml), ("[{\"", .json), ("{\"", .json),
    ("begin:vcard", .card), ("{\\rtf", .rich),
  ]

  /// Recognizes a text that is no table by its beginning, blanks aside. `text` is in UTF-8.
  static func document(_ text: [UInt8]) -> BinaryKind? {
    let start = text.withUnsafeBufferPointer { bytes in
      UnsafeBufferPointer(rebasing: bytes.prefix(4096)).trimmed().prefix(64).map(\.lowered)
    }
    return openings.first { start.starts(with: $0.text.utf8) }?.kind
  }

  private static let signatures: [(bytes: [UInt8], kind: BinaryKind)] = [
    ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .office),
    ([0x1F, 0x8B], .gzip),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .archive), (Array("Rar!\u{1A}\u{07}".utf8), .archive),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .archive), ([0x28, 0xB5, 0x2F, 0xFD], .archive),
    (Array("BZh91AY&SY".utf8), .archive),
    (Array("%PDF-".utf8), .pdf),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .image), ([0xFF, 0xD8, 0xFF], .image),
    (Array("GIF87a".utf8), .image), (Array("GIF89a".utf8), .image),
    ([0x49, 0x49, 0x2A, 0x00], .image), ([0x4D, 0x4D, 0x00, 0x2A], .image),
    ([0x7F, 0x45, 0x4C, 0x46], .program), ([0xCF, 0xFA, 0xED, 0xFE], .program),
    (Array("SQLite format 3\0".utf8), .database), (Array("PAR1".utf8), .database),
  ]

  /// Recognizes a file by its first bytes.
  static func signature(of sample: UnsafeRawBufferPointer) -> BinaryKind? {
    signatures.first { sample.starts(with: $0.bytes) }?.kind
  }

  /// Whether decoded text has too many control characters to be text: a NUL in its first line,
  /// or at least two of them and one in twenty bytes. A single NUL further down is an error of its
  /// row only.
  static func isBinary(_ text: UnsafeRawBufferPointer) -> Bool {
    var controls = 0
    var inFirstLine = true
    for byte in text {
      if byte == Byte.lineFeed || byte == Byte.carriageReturn {
        inFirstLine = false
      } else if byte < 0x20, byte != Byte.tab, byte != 0x0B, byte != 0x0C {
        if byte == Byte.nul, inFirstLine { return true }
        controls += 1
      }
    }
    return controls >= 2 && controls * 20 >= text.count
  }
}
