import Contacts
import Testing

@testable import Imports

@Suite("Tags in cells")
struct TagWordTests {
  @Test(
    "CON-40, CON-42, CON-43: a tag name in a cell is parsed as elsewhere",
    arguments: [
      "a", " a ", "-a", "- a", "R&R", "<b>x</b>", "a < b > c", "1 <2> 3", "<br>", "-", "",
      "a<!-- b > c -->d",
      "<a title=\">\">x</a>", String(repeating: "x", count: 191),
      String(repeating: "x", count: 192),
    ])
  func parsesAsElsewhere(_ text: String) {
    let read = TagChange.parse(cell: text)
    let expected = TagName.list(text, separator: "|")
    #expect(read.map(\.name) == expected.map(\.name))
    #expect(read.map(\.adds) == expected.map { !$0.isRemoval })
  }
}
