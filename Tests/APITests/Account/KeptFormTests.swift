import Testing

@testable import API

/// Forms whose session was over when they were sent (CSL-12).
@Suite struct KeptFormTests {
  private static func kept(_ content: String, to path: String = "/console/stages/new") -> KeptForm?
  {
    KeptForm(content.utf8, to: path)
  }

  @Test func fieldsComeBackInTheirOrderWithoutTheToken() throws {
    let form = try #require(Self.kept("token=t&name=A+%26+B&tags%5B%5D=1&tags%5B%5D=2&note="))
    #expect(form.fields.map(\.name) == ["name", "tags[]", "tags[]", "note"])
    #expect(form.fields.map(\.value) == ["A & B", "1", "2", ""])
    #expect(!form.hadPassword)
    let passed = Dictionary(form.passed.map { ($0.name, $0.value) }) { first, _ in first }
    #expect(passed[KeptForm.target] == "/console/stages/new")
    #expect(KeptForm((passed[KeptForm.content] ?? "").utf8, to: form.path) == form)
  }

  @Test func passwordsAreLeftOutAndTold() throws {
    let form = try #require(
      Self.kept("username=kim&plainPassword=p&_code=123456&secret=s&currentPassword="))
    #expect(form.fields.map(\.name) == ["username"] && form.hadPassword)
    #expect(form.passed.allSatisfy { !$0.value.contains("123456") })
    let unset = try #require(Self.kept("username=kim&plainPassword="))
    #expect(!unset.hadPassword)
  }

  @Test(
    "It leads nowhere but to pages of this server",
    arguments: [
      "//evil.example.com", "https://evil.example.com", "/\\evil", "/account/logout", "/account",
      "",
    ])
  func leadsNowhereElse(path: String) {
    #expect(Self.kept("name=x", to: path) == nil)
  }

  @Test func whatIsTooLargeIsNotKept() {
    #expect(Self.kept("a=" + String(repeating: "x", count: KeptForm.maximumBytes)) == nil)
    #expect(Self.kept(String(repeating: "a=1&", count: 2_001)) == nil)
    #expect(Self.kept("") == nil && Self.kept("token=t") == nil)
  }
}
