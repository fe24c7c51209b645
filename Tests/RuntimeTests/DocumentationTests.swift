import Foundation
import Testing

@testable import Runtime

@Suite struct DocumentationTests {
  private func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func everyVariableIsDocumentedAndNoOther() throws {
    let rows = try text("docs/operating.md").split(separator: "\n")
      .filter { $0.hasPrefix("| `MARTLET_") }
    let names = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(names == Variable.all.map(\.name))
  }

  @Test func everySettingIsDocumentedWithItsDefault() throws {
    let page = try text("docs/operating.md")
    for setting in SettingDefinition.all {
      #expect(page.contains("\n| `\(setting.name)` | \(setting.standard) | "))
    }
  }

  /// The variables of the deployment files must be those that the processes read.
  @Test func whatTheDeploymentSetsExists() throws {
    let composed = try text("docker-compose.yml")
      .matches(of: /(?m)^ +(MARTLET_[A-Z_]+):/).map { String($0.1) }
    #expect(Set(composed).isSuperset(of: ["MARTLET_SECRET", "MARTLET_DATABASE_URL"]))
    let built = try text("deploy/Dockerfile")
      .matches(of: /(?m)^ENV .*$/).flatMap { line in
        line.0.matches(of: /MARTLET_[A-Z_]+/).map { String($0.0) }
      }
    let unknown = Set(composed + built).subtracting(Variable.all.map(\.name))
    #expect(unknown.isEmpty)
  }
}
