import Primitives
import Sample
import Testing

@testable import Commands

@Suite("The example of martlet sample")
struct SampleTests {
  @Test("Its options have bounds")
  func options() throws {
    for arguments in [
      ["--days", "61"], ["--days", "-1"], ["--visitors", "0"], ["--seed", "-1"],
    ] {
      #expect(throws: (any Error).self, "\(arguments)") {
        try Martlet.parseAsRoot(["sample"] + arguments)
      }
    }
    #expect(try Martlet.parseAsRoot(["sample"]) is SampleCommand.Fill)
    #expect(try Martlet.parseAsRoot(["sample", "contacts", "5"]) is SampleCommand.ContactCSV)
  }

  @Test("Readers follow the links that are counted, and no others")
  func links() {
    let page = #"""
      <a href="https://m.example/r/0a1b?ct=xy&amp;z=1">a</a> <a href="mailto:x@example.com">b</a>
      <a href="https://m.example/email/unsubscribe/1">c</a><a href="https://m.example/asset/1:g?ct=q">d</a>
      """#
    #expect(SampleReaders.links(in: page) == ["/r/0a1b?ct=xy&z=1", "/asset/1:g?ct=q"])
  }
}
