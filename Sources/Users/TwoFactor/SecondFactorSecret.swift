import CSodium
import Primitives

/// What an authenticator app and this installation share: 20 random bytes.
package struct SecondFactorSecret: Sendable, Equatable {
  /// The longest part of a user's name that a QR code has room for.
  private static let maximumName = 64

  package let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// A new secret.
  static func make() -> SecondFactorSecret {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    var bytes = [UInt8](repeating: 0, count: 20)
    randombytes_buf(&bytes, bytes.count)
    return SecondFactorSecret(bytes: bytes)
  }

  /// The secret as apps take it where they cannot read a QR code: 32 letters and digits.
  package var text: String { Base32.encode(bytes) }

  /// The address in the QR code.
  ///
  /// - Parameters:
  ///   - user: The user's name.
  ///   - issuer: What the app calls this installation.
  package func uri(user: String, issuer: String) -> String {
    let (user, issuer) = (Self.encoded(String(user.prefix(Self.maximumName))), Self.encoded(issuer))
    return "otpauth://totp/\(issuer):\(user)?secret=\(text)&issuer=\(issuer)&algorithm=SHA1"
      + "&digits=\(TOTP.digits)&period=\(TOTP.period)"
  }

  private static func encoded(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}
