import TestSupport

@testable import Redis

extension SeededGenerator {
  /// Fresh seeds for one run; the test's name shows the one that fails.
  static func seeds(_ count: Int) -> [UInt64] {
    (0..<count).map { _ in UInt64.random(in: .min ... .max) }
  }

  /// Bytes of any value, often those that RESP uses itself.
  mutating func bytes(upTo count: Int) -> [UInt8] {
    let special = Array("\r\n$*-+:0".utf8)
    return (0..<Int.random(in: 0...count, using: &self)).map { _ in
      Bool.random(using: &self)
        ? special[Int.random(in: special.indices, using: &self)]
        : UInt8.random(in: .min ... .max, using: &self)
    }
  }
}

/// All replies in some bytes, given to the reader in pieces of limited size.
func replies(
  in bytes: [UInt8], pieces: Int = .max, maximumReplySize: Int = 1 << 20
) throws(RedisError) -> [RedisValue] {
  let reader = try ReplyReader(maximumReplySize: maximumReplySize)
  var found: [RedisValue] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = Array(rest.prefix(pieces))
    rest = rest.dropFirst(pieces)
    var failure: RedisError?
    piece.withUnsafeBytes { buffer in
      do throws(RedisError) {
        try reader.read(buffer) { (reply) throws(RedisError) in found.append(reply) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
  return found
}
