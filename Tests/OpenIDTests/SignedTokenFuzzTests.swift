import Foundation
import OpenIDStub
import Primitives
import TestSupport
import Testing

@testable import OpenID

@Suite struct SignedTokenFuzzTests {
  @Test func noChangedTokenIsTaken() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let tokens = [
      IDTokenTests.rsa.token(IDTokenTests.claims), IDTokenTests.curve.token(IDTokenTests.claims),
    ]
    let letters = Array("abzAZ019-_.=+/ {}\"\0\u{E9}")
    for round in 0..<2000 {
      let good = random.pick(tokens)
      var text = Array(good)
      for _ in 0...Int(random.next() % 3) where !text.isEmpty {
        let place = Int(random.next() % UInt64(text.count))
        switch random.next() % 4 {
        case 0: text[place] = random.pick(letters)
        case 1: text.remove(at: place)
        case 2: text.insert(random.pick(letters), at: place)
        default: text = Array(text[..<max(1, place)])
        }
      }
      // The last letter of a part has bits that mean nothing: what is read must be another text then.
      let changed: SignedToken
      do { changed = try SignedToken(String(text)) } catch { continue }
      let isTaken: Bool
      do {
        _ = try IDTokenTests.read(String(text))
        isTaken = true
      } catch is OpenIDError {
        isTaken = false
      }
      let original = try SignedToken(good)
      let isSame = changed.signed == original.signed && changed.signature == original.signature
      #expect(!isTaken || isSame, "seed \(seed), round \(round)")
    }
  }

  @Test func whatIsNoTokenIsRefused() {
    let deep = Base64URL.encode(Array(String(repeating: "[", count: 3000).utf8))
    for text in [
      "", ".", "..", "...", "a.b", "a.b.c.d", "\0.\0.\0", deep + "." + deep + "." + deep,
      Base64URL.encode(Array("[]".utf8)) + ".AA.AA", Base64URL.encode([0xFF]) + ".AA.AA",
      String(repeating: "a", count: 1 << 20), String(repeating: ".", count: 16_000),
    ] {
      #expect(throws: OpenIDError.self) { try SignedToken(text) }
    }
  }
}
