import Foundation
import Testing

@testable import Users

@Suite struct TOTPTests {
  private let secret = Array("12345678901234567890".utf8)

  /// RFC 6238, appendix B, the last six digits of eight.
  @Test(arguments: [
    (59.0, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
    (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
  ])
  func codesAreThoseOfTheStandard(seconds: Double, code: String) {
    #expect(TOTP.code(secret, at: Date(timeIntervalSince1970: seconds)) == code)
  }

  @Test func aCodeCountsOneStepBeforeAndAfter() {
    let now = Date(timeIntervalSince1970: 1_111_111_109)
    let step = TOTP.step(at: now)
    for (offset, isTaken) in [(-60.0, false), (-30, true), (0, true), (30, true), (60, false)] {
      let code = TOTP.code(secret, at: now + offset)
      #expect((TOTP.step(of: code, secret, at: now) != nil) == isTaken, "\(offset)")
    }
    #expect(TOTP.step(of: "081804", secret, at: now) == step)
    for wrong in ["", "0", "081805", "0818040", "81804", "\0", "٠٨١٨٠٤"] {
      #expect(TOTP.step(of: wrong, secret, at: now) == nil, "\(wrong)")
    }
  }

  @Test func appsReadTheAddress() {
    let secret = SecondFactorSecret(bytes: secret)
    #expect(secret.text == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    #expect(
      secret.uri(user: "ada & bob", issuer: "Martlet x.example")
        == "otpauth://totp/Martlet%20x.example:ada%20%26%20bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        + "&issuer=Martlet%20x.example&algorithm=SHA1&digits=6&period=30")
    #expect(SecondFactorSecret.make().bytes.count == 20)
    #expect(SecondFactorSecret.make() != SecondFactorSecret.make())
    let long = String(repeating: "\u{1F600}", count: 191)
    #expect(secret.uri(user: long, issuer: "x").utf8.count < 1_000)
  }

  @Test func secretsAreSealedForOneUserUnderOneSecretOfTheInstallation() throws {
    let keys = SecondFactorKeys(secret: "one")
    let secret = SecondFactorSecret.make()
    let sealed = keys.seal(secret, of: 7)
    #expect(keys.open(sealed, of: 7) == secret)
    #expect(sealed != keys.seal(secret, of: 7))
    #expect(keys.open(sealed, of: 8) == nil)
    #expect(SecondFactorKeys(secret: "two").open(sealed, of: 7) == nil)
    #expect(keys.open([], of: 7) == nil)
    for place in sealed.indices {
      var broken = sealed
      broken[place] ^= 1
      #expect(keys.open(broken, of: 7) == nil, "\(place)")
    }
  }

  @Test func recoveryCodesAreReadHoweverTheyAreTyped() throws {
    let code = RecoveryCode.make()
    let digest = try #require(RecoveryCode.digest(code, of: 1))
    #expect(code.count == 19)
    let typed = " " + code.uppercased().replacing("-", with: " ") + "\n"
    #expect(RecoveryCode.digest(typed, of: 1) == digest)
    #expect(RecoveryCode.digest(code, of: 2) != digest)
    for wrong in ["", "123456", code + "a", String(repeating: "a", count: 1_000_000), "\0"] {
      #expect(RecoveryCode.digest(wrong, of: 1) == nil)
    }
  }
}
