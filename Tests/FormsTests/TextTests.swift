import Primitives
import Testing

@testable import Forms

@Suite("Texts of forms") struct TextTests {
  @Test(
    "Attributes that style and describe are accepted, and no others (FRM-12)",
    arguments: [
      #"class="a b" data-x='1' required-x="#, #"class="a b" data-x='1'"#,
      "placeholder=Name disabled",
      #"style="color:red""#, #"onclick="x()""#, #"class="a" onfocus=x"#, #"href="https://x""#,
      #"class="a"#, "<b>", "",
    ])
  func attributes(_ text: String) {
    let accepted: Set<String> = [
      #"class="a b" data-x='1'"#, "placeholder=Name disabled", #"style="color:red""#, "",
    ]
    #expect((FormAttributes.parse(text) != nil) == accepted.contains(text))
  }

  @Test("The host of an address is what a browser takes for it")
  func hosts() {
    #expect(WebTarget.host(of: "https://Example.com:8080/x?y#z") == "example.com:8080")
    #expect(WebTarget.host(of: "https://user@evil.example/@good.example") == "evil.example")
    #expect(WebTarget.host(of: "https://good.example\\@evil.example/") == nil)
    #expect(WebTarget.host(of: "https://a\tb.example/") == nil)
    #expect(WebTarget.host(of: "javascript:alert(1)") == nil)
    #expect(WebTarget.host(of: "//example.com") == nil)
    #expect(WebTarget.host(of: "null") == nil)
  }

  @Test("Conditions on the parent's value")
  func conditions() {
    func isMet(_ json: JSONValue, _ given: String...) -> Bool {
      FormCondition(json).isMet(by: given)
    }
    let listed: JSONValue = .object([
      "expr": .string("in"), "values": .array([.string("a"), .string("b")]),
    ])
    #expect(isMet(listed, "b") && !isMet(listed, "c") && !isMet(listed))
    let others: JSONValue = .object([
      "expr": .string("notIn"), "values": .array([.string("a")]),
    ])
    #expect(!isMet(others, "a") && isMet(others, "c") && isMet(others))
    let any: JSONValue = .object(["expr": .string("in"), "any": .string("1")])
    #expect(isMet(any, "x") && !isMet(any, ""))
  }

  @Test("HTML in texts is written as text")
  func escapes() {
    #expect(HTMLEscape.text(#"<a href="x">'&"#) == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;")
  }

  @Test("The parameters of a page's address")
  func queries() {
    #expect(
      PageQuery.values(of: "https://x/?utm_source=a+b&UTM_Medium=m%20n&utm_source=c#utm_term=d")
        == ["utm_source": "c", "utm_medium": "m n"])
  }
}
