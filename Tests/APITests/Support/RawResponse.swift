import Foundation

@testable import API

/// An answer as it came over the wire.
struct RawResponse: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String] = [:]
  /// The values of `Set-Cookie`.
  var cookies: [String] = []
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The content as JSON; null where it is none.
  var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

  /// `errors[0]` of the envelope.
  var error: JSONValue {
    if case .array(let errors)? = json["errors"], let first = errors.first { return first }
    return .null
  }

  /// Takes an answer from the front of what was received; nil until it is whole.
  ///
  /// - Parameter isHead: Whether it answers HEAD: it has no content, whatever its headers say.
  init?(taking bytes: inout [UInt8], isHead: Bool = false) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .split(separator: "\r\n")
    guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { fatalError("not an answer: \(text.prefix(200))") }
    self.status = status
    for line in head.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let (name, value) = (
        line[..<colon].lowercased(), String(line[line.index(after: colon)...]).trimmingBlanks
      )
      headers[name] = value
      if name == "set-cookie" { cookies.append(value) }
    }
    var rest = bytes[end.upperBound...]
    if isHead {
      bytes = Array(rest)
      return
    }
    if headers["transfer-encoding"] == "chunked" {
      guard Self.takeChunks(from: &rest, into: &body) else { return nil }
    } else {
      let length = status < 200 ? 0 : Int(headers["content-length"] ?? "0") ?? 0
      guard rest.count >= length else { return nil }
      body = Array(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    bytes = Array(rest)
  }

  private static func takeChunks(from rest: inout ArraySlice<UInt8>, into body: inout [UInt8])
    -> Bool
  {
    while let end = rest.firstRange(of: Array("\r\n".utf8)) {
      let line = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
      guard let length = Int(line, radix: 16) else { return false }
      let content = rest[end.upperBound...]
      guard content.count >= length + 2 else { return false }
      body.append(contentsOf: content.prefix(length))
      rest = content.dropFirst(length + 2)
      if length == 0 { return true }
    }
    return false
  }
}
