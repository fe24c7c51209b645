import Contacts
import Foundation
import Primitives
import Testing

@testable import Focus

@Suite("Scripts of focus items") struct FocusScriptTests {
  private func script(_ change: (inout FocusValues) -> Void) throws -> String {
    var values = FocusValues()
    values.name = "Hello"
    change(&values)
    return try FocusScript(id: 7, values, site: "https://m.example").text()
  }

  private func properties(_ content: [String: JSONValue]) -> JSONValue {
    .object(["content": .object(content)])
  }

  @Test("Texts are data: nothing in them ends the script or the element around it")
  func hostileTexts() throws {
    let text = try script {
      $0.name = "</script><script>alert(1)</script>"
      $0.properties = properties([
        "headline": .string("\";alert(1);//\u{2028}"), "tagline": .string("<img src=x onerror=y>"),
      ])
    }
    #expect(!text.contains("</script>") && !text.contains("<img"))
    #expect(!text.contains("\u{2028}"))
    #expect(text.contains(#"\";alert(1);//\u2028"#))
    #expect(!text.contains("{config}"))
  }

  @Test(
    "A link leads to a web address alone",
    arguments: [
      "javascript:alert(1)", "data:text/html,x", "//x.example", "https://a b.example", "",
    ])
  func badLinks(_ link: String) throws {
    let text = try script {
      $0.kind = .link
      $0.properties = properties(["link_url": .string(link)])
    }
    #expect(text.contains(#""link":"""#))
  }

  @Test("A link carries the item's campaign parameters")
  func links() throws {
    let text = try script {
      $0.kind = .link
      $0.utm.source = "site"
      $0.properties = properties(["link_url": .string("https://a.example/?x=1#top")])
    }
    #expect(text.contains(#""link":"https://a.example/?x=1&utm_source=site#top""#))
  }

  @Test("Colours, fonts and times are bounded; what is none of them is a default")
  func bounds() throws {
    let text = try script {
      $0.properties = .object([
        "timeout": .string("999999999999"),
        "colors": .object([
          "primary": .string("4e5d9d"), "text": .string("red;background:url(//x)"),
          "button": .string("#fff"),
        ]),
        "content": .object(["font": .string("Arial;}</style>")]),
      ])
    }
    #expect(text.contains(#""timeout":3600"#))
    #expect(text.contains("background: #4e5d9d; color: #ffffff; font: 16px/1.5 Arialstyle;"))
    #expect(text.contains("background: #fff; color: #1d1d1f;"))
    #expect(!text.contains("background:url") && !text.contains("</style>"))
  }

  @Test("Every rule of the style concerns the item alone, and the script is small")
  func style() throws {
    let text = try script { _ in }
    #expect(!text.contains("{style}") && !text.contains("#box") && !text.contains("$"))
    let sheet = FocusLook(.object([:])).sheet(of: 7)
    let rules = sheet.split(separator: "\n").filter { $0.hasSuffix("{") || $0.hasSuffix("}") }
      .map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("@") && $0.contains(" {") }
    #expect(rules.count > 20)
    for rule in rules { #expect(rule.hasPrefix("#mautic-focus-7"), "\(rule)") }
    #expect(sheet.contains("prefers-reduced-motion"))
    #expect(text.utf8.count < 16_000, "\(text.utf8.count)")
  }

  @Test(
    "A text without a colour is legible on the one that was given",
    arguments: ["000000", "4e5d9d", "1a56c4", "fdb933", "fff", "808080", "777"])
  func contrast(_ digits: String) throws {
    let color = try #require(FocusColor(.string(digits)))
    #expect(color.contrast(with: color.legible) >= 4)
    let text = try script {
      $0.properties = .object(["colors": .object(["primary": .string(digits)])])
    }
    #expect(text.contains("background: #\(digits); color: \(color.legible.css);"))
  }
}

@Suite("Values of focus items (api.md 10)") struct FocusValuesTests {
  @Test("Refusals name the member")
  func refusals() {
    let bad: [(member: String, change: (inout FocusInput) -> Void)] = [
      ("name", { $0.name = "" }), ("type", { $0.kind = "film" }), ("style", { $0.style = "round" }),
      ("htmlMode", { $0.mode = "latex" }),
      ("properties", { $0.properties = .string(String(repeating: "x", count: 70_000)) }),
      (
        "publishDown",
        { input in
          input.publishUp = .some(Date(timeIntervalSince1970: 2))
          input.publishDown = .some(Date(timeIntervalSince1970: 1))
        }
      ),
    ]
    for (member, change) in bad {
      var input = FocusInput()
      input.name = "x"
      change(&input)
      do {
        _ = try FocusValues(input, before: nil, replacing: true)
        Issue.record("\(member) was not refused")
      } catch let error as InvalidInput {
        #expect(error.problems.first?.member == member)
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  @Test("HTML comes without scripts, and old clients say by a word whether it is used")
  func html() throws {
    var input = FocusInput()
    input.name = "x"
    input.html = "<b onclick=\"x()\">a</b><script>x()</script>"
    input.mode = "1"
    let values = try FocusValues(input, before: nil, replacing: true)
    #expect(values.mode == .html && values.html?.contains("x()") == false)
  }
}
