import Testing

@testable import Primitives

/// Markup taken out of values (api.md 1, rule 6).
@Suite struct MarkupTests {
  private func withoutTags(_ text: String) -> String {
    var text = text
    return String(decoding: text.withUTF8(Markup.withoutTags), as: UTF8.self)
  }

  private func withoutScripts(_ text: String) -> String {
    var text = text
    return String(decoding: text.withUTF8(Markup.withoutScripts), as: UTF8.self)
  }

  @Test(
    "Tags, comments and the contents of scripts go; a `<` that begins no tag stays",
    arguments: [
      ("a<b>c</b>d", "acd"), ("1 < 2", "1 < 2"), ("a<!-- <b> -->c", "ac"),
      ("a<!-- b>c", "ac"), ("x<script>alert('<b>')</script>y", "xy"),
      ("x<script>never closed", "x"), ("x<script>a</scripty>b</SCRIPT >c", "xc"),
      ("a<b", "a<b"), ("<", "<"), ("a</", "a</"), ("</b>a", "a"),
    ])
  func tags(text: String, expected: String) {
    #expect(withoutTags(text) == expected)
  }

  @Test(
    "No tag is put together out of the rests of others",
    arguments: [
      ("<<b>i>x", "x"), ("<<<b>b>i>x", "x"), ("<<i>/b>x", "x"), ("</<i>b>x", "x"),
      ("<<b>script>alert(1)</script>x", "x"),
    ])
  func rests(text: String, expected: String) {
    #expect(withoutTags(text) == expected)
    #expect(withoutScripts(text).contains("<script") == false)
  }

  @Test("Where markup is allowed, what runs or loads goes, and what would be joined to it")
  func scripts() {
    #expect(withoutScripts("<b onclick=x>a</b>") == "<b>a</b>")
    #expect(withoutScripts("<<iframe>b>a") == "<b>a")
    #expect(withoutScripts("<<iframe>iframe src=x>a") == "a")
    #expect(withoutScripts("a<b") == "a&lt;b")
    #expect(withoutScripts("<style>p{}</style><p>a") == "<p>a")
  }

  /// Quadratic work would take an hour.
  @Test(
    "A text of 256 KiB that opens tags without end is cleaned at once", .timeLimit(.minutes(5)),
    arguments: [
      ["<a", ""], ["<", "b>"], ["<!--", ""], ["<script>", ""], ["<script></script", ""],
      ["<script>", "<a"], ["</", "b>"], ["<a<!--", ">"], ["<style>", "</style"],
    ])
  func large(parts: [String]) {
    let count = (256 << 10) / parts.joined().utf8.count
    let text = parts.map { String(repeating: $0, count: count) }.joined()
    let twice = text + ">"
    for text in [text, twice] {
      let plain = withoutTags(text)
      #expect(plain.utf8.count <= text.utf8.count)
      #expect(withoutScripts(text).contains("<script") == false)
    }
  }

  @Test("What was cleaned stays as it is, whatever the text")
  func idempotent() {
    let pieces = [
      "<", ">", "/", "!", "?", "--", "-", "a", "b", "script", "style", "iframe", " ", "1", "=",
      "\"",
      "&lt;", "<b>", "</b>", "<!--", "-->", "<script>", "</script>",
    ]
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...12, using: &generator))
        .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let plain = withoutTags(text)
      #expect(withoutTags(plain) == plain, "\(text)")
      let harmless = withoutScripts(text)
      #expect(withoutScripts(harmless) == harmless, "\(text)")
    }
  }
}
