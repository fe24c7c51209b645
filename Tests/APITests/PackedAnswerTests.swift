import HTTPTypes
import Hummingbird
import Testing

@testable import API

@Suite("Answers to browsers are packed (CSL-5)") struct PackedAnswerTests {
  private static let long = String(repeating: "A sentence like many others. ", count: 200)

  private static func answer(
    _ text: String = long, type: String = "text/html; charset=utf-8", accepted: String? = "gzip, br"
  ) -> APIResponse {
    var asked = HTTPFields()
    asked[.acceptEncoding] = accepted
    return APIResponse(headers: [.contentType: type], body: .whole(ByteBuffer(string: text)))
      .packed(for: asked)
  }

  @Test("A long text comes packed, and whole") func packed() throws {
    let answer = Self.answer()
    #expect(answer.headers[.contentEncoding] == "gzip")
    #expect(answer.headers[.vary] == "Accept-Encoding")
    let inflater = try Inflater()
    var text = ""
    inflater.feed(try #require(answer.wholeBody))
    while let part = try inflater.next() { text += String(buffer: part) }
    #expect(text == Self.long)
    #expect(answer.wholeBody?.readableBytes ?? .max < Self.long.utf8.count / 10)
  }

  @Test(
    "What the browser cannot read, what is short and what is no text comes as it is",
    arguments: [
      answer(accepted: nil), answer(accepted: "br, gzip;q=0"), answer("short"),
      answer(type: "application/pdf"),
    ])
  func unpacked(answer: APIResponse) {
    #expect(answer.headers[.contentEncoding] == nil)
  }

  @Test("The token of a form looks different each time, and opens the same door")
  func tokens() {
    let token = String(repeating: "0123456789abcdef", count: 4)
    let shown = (0..<3).map { _ in MaskedToken.masked(token) }
    #expect(Set(shown).count == 3 && !shown.contains { $0.contains("0123456789abcdef") })
    #expect(shown.allSatisfy { MaskedToken.opened($0) == token })
    #expect(MaskedToken.opened(token) == token)
    #expect(MaskedToken.opened("no token") == "no token")
  }
}
