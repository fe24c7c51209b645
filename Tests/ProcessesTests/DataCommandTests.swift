import Foundation
import TestSupport
import Testing

/// `martlet data update`, with a folder of the test's own.
@Suite struct DataCommandTests {
  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try await body(folder)
    try FileManager.default.removeItem(at: folder)
  }

  @Test func checksAFileAndPutsItInPlace() async throws {
    let lists = try TestAssets.path("user-agents.json")
    try await withFolder { folder in
      let place = folder.appending(path: "data/user-agents.json")
      let environment = ["MARTLET_DATA": folder.appending(path: "data").path]
      let done = try await Program.run(
        "martlet", ["data", "update", lists], environment: environment)
      #expect(done.status == 0, "\(done.errors)")
      #expect(done.output.contains("device-detector"))
      let size = try Data(contentsOf: place).count

      let broken = folder.appending(path: "broken.json")
      try Data("{\"format\": 1}".utf8).write(to: broken)
      let refused = try await Program.run(
        "martlet", ["data", "update", broken.path], environment: environment)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("broken.json is no data about user agents"))
      #expect(try Data(contentsOf: place).count == size)
    }
  }

  @Test func needsAFolder() async throws {
    let refused = try await Program.run("martlet", ["data", "update", "x.json"], environment: [:])
    #expect(refused.status == 2)
    #expect(refused.errors.contains("MARTLET_DATA"))
  }
}
