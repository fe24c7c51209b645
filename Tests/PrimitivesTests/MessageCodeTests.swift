import Primitives
import Testing

@Suite("Message codes and base 32")
struct MessageCodeTests {
  @Test("HMAC gives the codes of RFC 2202 and RFC 4231")
  func hmac() {
    let key = Array("Jefe".utf8)
    let message = Array("what do ya want for nothing?".utf8)
    #expect(
      Hex.encode(MessageCode.hmac(.sha1, key: key, message))
        == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    #expect(
      Hex.encode(MessageCode.hmac(.sha256, key: key, message))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let long = [UInt8](repeating: 0xAA, count: 80)
    #expect(
      Hex.encode(
        MessageCode.hmac(
          .sha1, key: long, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
        == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
  }

  @Test(
    "Base 32 gives the texts of RFC 4648, without padding",
    arguments: [
      ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
      ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ])
  func base32(text: String, expected: String) {
    #expect(Base32.encode(Array(text.utf8)) == expected)
  }
}
