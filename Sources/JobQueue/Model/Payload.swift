import Foundation

/// A job's parameters as JSON.
enum Payload {
  static func encode<J: Job>(_ job: J) throws -> [UInt8] {
    [UInt8](try JSONEncoder().encode(job))
  }

  /// Encodes several at once. The encoder's cost per call is several times that of a small job, so
  /// they are encoded as one array that is cut at its elements.
  static func encode<J: Job>(_ jobs: [J]) throws -> [[UInt8]] {
    guard jobs.count > 1 else { return try jobs.map { try encode($0) } }
    var pieces: [[UInt8]] = []
    pieces.reserveCapacity(jobs.count)
    let bytes = try JSONEncoder().encode(jobs)
    bytes.withUnsafeBytes { text in
      var depth = 0
      var inString = false
      var start = 1
      var index = 0
      while index < text.count {
        let byte = text[index]
        if inString {
          if byte == UInt8(ascii: "\\") {
            index += 1
          } else if byte == UInt8(ascii: "\"") {
            inString = false
          }
        } else {
          switch byte {
          case UInt8(ascii: "\""): inString = true
          case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
          case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
          case UInt8(ascii: ",") where depth == 1:
            pieces.append([UInt8](text[start..<index]))
            start = index + 1
          default: break
          }
        }
        index += 1
      }
      pieces.append([UInt8](text[start..<max(start, text.count - 1)]))
    }
    guard pieces.count == jobs.count else { return try jobs.map { try encode($0) } }
    return pieces
  }

  static func decode<J: Job>(_ type: J.Type, from payload: [UInt8]) throws -> J {
    try JSONDecoder().decode(type, from: Data(payload))
  }
}
