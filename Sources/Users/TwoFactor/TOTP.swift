package import Foundation
import Primitives

/// Passwords that change with time (RFC 6238): six digits, a new one every 30 seconds, by SHA-1, as all apps for it have them.
package enum TOTP {
  /// The seconds of a step.
  package static let period = 30
  /// The digits of a code.
  package static let digits = 6
  /// How many steps before and after the present one are taken, for clocks that are wrong and people who are slow.
  private static let window: Int64 = 1

  /// The number of the step at an instant.
  static func step(at instant: Date) -> Int64 {
    Int64((instant.timeIntervalSince1970 / Double(period)).rounded(.down))
  }

  /// The code of a secret in a step (RFC 4226, 5.3).
  package static func code(_ secret: [UInt8], at instant: Date) -> String {
    code(secret, step: step(at: instant))
  }

  /// The step around an instant whose code this is; nil for a wrong code.
  static func step(of code: String, _ secret: [UInt8], at instant: Date) -> Int64? {
    let (now, given) = (step(at: instant), Array(code.utf8))
    return (now - window...now + window).first {
      SecretToken.isEqual(Array(Self.code(secret, step: $0).utf8), given)
    }
  }

  private static func code(_ secret: [UInt8], step: Int64) -> String {
    let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
    let hash = MessageCode.hmac(.sha1, key: secret, counter)
    let start = Int(hash[hash.count - 1] & 15)
    let number = hash[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    let text = String(number % 1_000_000)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
