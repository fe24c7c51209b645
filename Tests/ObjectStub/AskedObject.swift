import TestSupport

/// A request to a bucket.
public struct AskedObject: Sendable {
  /// The method.
  public var method: String
  /// The path as it came, encoded.
  public var path: String
  /// The parameters as they came, encoded, each `name=value`.
  public var query: [String]
  /// The headers by their names in small letters.
  public var headers: [String: String]
  /// The content.
  public var body: [UInt8]

  /// The value of a parameter, decoded; nil without one.
  func parameter(_ name: String) -> String? {
    query.first { $0.hasPrefix("\(name)=") }.map { Self.decode($0.dropFirst(name.utf8.count + 1)) }
  }

  /// The key of the object; empty for the bucket itself; nil for another bucket.
  func key(in bucket: String) -> String? {
    let start = "/\(bucket)/"
    return path.hasPrefix(start) ? Self.decode(path.dropFirst(start.utf8.count)) : nil
  }

  /// Reads a request; nil when the other side has gone.
  static func read(_ conversation: Conversation) -> AskedObject? {
    guard let line = conversation.line() else { return nil }
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
    var asked = AskedObject(
      method: words[0], path: target[0],
      query: target.count > 1 ? target[1].split(separator: "&").map(String.init) : [],
      headers: [:], body: [])
    while let header = conversation.line(), !header.isEmpty {
      guard let colon = header.firstIndex(of: ":") else { return nil }
      let value = header[header.index(after: colon)...].drop { $0 == " " }
      asked.headers[header[..<colon].lowercased()] = String(value)
    }
    if asked.headers["expect"] == "100-continue" {
      conversation.say("HTTP/1.1 100 Continue\r\n\r\n")
    }
    let length = asked.headers["content-length"].flatMap(Int.init) ?? 0
    asked.body = conversation.bytes(length)
    return asked.body.count == length ? asked : nil
  }

  private static func decode(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        decoded.append(value)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
