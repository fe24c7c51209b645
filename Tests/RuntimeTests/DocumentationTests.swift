import Foundation
import Testing

@testable import Runtime

@Suite struct DocumentationTests {
  private func page() throws -> String {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
  }

  @Test func everyVariableIsDocumentedAndNoOther() throws {
    let rows = try page().split(separator: "\n").filter { $0.hasPrefix("| `MARTLET_") }
    let names = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(names == Variable.all.map(\.name))
  }
}
