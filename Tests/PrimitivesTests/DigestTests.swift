import Primitives
import Testing

/// The vectors of FIPS 180 and RFC 3174, and lengths around the 64-byte block.
@Suite("Digests")
struct DigestTests {
  @Test(arguments: [
    ("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    ("The quick brown fox jumps over the lazy dog", 1, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
    ("a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
    ("a", 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
    ("a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ("a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
  ])
  func sha1(text: String, times: Int, expected: String) throws {
    let digest = try #require(Digest(.sha1))
    digest.update(Array(String(repeating: text, count: times).utf8))
    #expect(digest.finish() == expected)
  }

  @Test("Bytes that come in pieces are hashed as if they came at once")
  func pieces() throws {
    let digest = try #require(Digest(.sha256))
    for piece in ["a", "", "bc"] { digest.update(Array(piece.utf8)) }
    #expect(
      digest.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
