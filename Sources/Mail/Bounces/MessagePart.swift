import Foundation

/// A part of a received message, or all of it. Accepts any input.
struct MessagePart {
  /// The headers by name in lower case; the first of several with the same name counts.
  var headers: [String: String]
  /// The content, with its transfer encoding undone.
  var body: String

  /// Parses a message whose lines end with line feeds, or with any number of carriage returns before them.
  init(_ message: ArraySlice<UInt8>) { self.init(Self.text(message)) }

  init(_ text: String) {
    guard let end = text.range(of: "\n\n") else {
      headers = Self.headers(text)
      body = ""
      return
    }
    headers = Self.headers(String(text[..<end.lowerBound]))
    body = String(text[end.upperBound...])
    // Parts that hold parts are not encoded themselves.
    if !type.hasPrefix("multipart/") { body = decoded(body) }
  }

  private static func text(_ message: some Sequence<UInt8>) -> String {
    var bytes: [UInt8] = []
    for byte in message {
      if byte == 0x0A { while bytes.last == 0x0D { bytes.removeLast() } }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func decoded(_ text: String) -> String {
    let encoding = (headers["content-transfer-encoding"] ?? "").prefix { $0 != ";" && $0 != " " }
    switch encoding.lowercased() {
    case "base64":
      guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
        return text
      }
      return Self.text(data)
    case "quoted-printable": return Self.text(QuotedPrintable.decode(Array(text.utf8)))
    default: return text
    }
  }

  var type: String {
    (headers["content-type"] ?? "text/plain").prefix { $0 != ";" }.lowercased()
      .trimmingCharacters(in: .whitespaces)
  }

  /// Parses headers by name in lower case; the first of several with the same name counts.
  static func headers(_ text: String) -> [String: String] {
    var headers: [String: String] = [:]
    var name: String?
    let lines = text.split(separator: "\n", maxSplits: 1000, omittingEmptySubsequences: false)
    for line in lines.prefix(1000) {
      if line.isEmpty { if headers.isEmpty { continue } else { break } }
      if line.first == " " || line.first == "\t" {
        if let name { headers[name]? += " " + line.trimmingCharacters(in: .whitespaces) }
        continue
      }
      name = nil
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].lowercased()
      guard headers[key] == nil else { continue }
      headers[key] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      name = key
    }
    return headers
  }

  /// Returns the part and all parts nested in it.
  func all(depth: Int) -> [MessagePart] {
    guard depth < 8, type.hasPrefix("multipart/"), let boundary else { return [self] }
    let pieces = ("\n" + body).components(separatedBy: "\n--\(boundary)")
    var parts = [self]
    for piece in pieces.dropFirst().prefix(100) {
      if piece.hasPrefix("--") { break }
      guard let start = piece.firstIndex(of: "\n") else { continue }
      // A part without headers begins with an empty line.
      parts += MessagePart(String(piece[start...].dropFirst())).all(depth: depth + 1)
    }
    return parts
  }

  private var boundary: String? {
    guard let type = headers["content-type"],
      let mark = type.range(of: "boundary=", options: .caseInsensitive)
    else { return nil }
    let rest = type[mark.upperBound...]
    let value =
      rest.first == "\""
      ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { $0 != ";" && $0 != " " }
    return (1...200).contains(value.utf8.count) ? String(value) : nil
  }
}
