import Foundation
import TestSupport
import Testing

@Suite struct ImportCommandTests {
  struct Summary: Decodable {
    let id: Int
    let status: String
    let rows: Int
    let created: Int
    let updated: Int
    let ignored: Int
    let problem: String?

    /// Rows, created, updated, ignored.
    var counts: [Int] { [rows, created, updated, ignored] }
  }

  static let list = """
    Mail,First,Last
    ada@example.com,Ada,Lovelace
    alan@example.com,Alan,Turing
    ada@example.com,,Byron
    nonsense,No,Body

    """

  /// `martlet dev` on an untouched database, and files of the test's own.
  private func withDev(
    _ body: (Workbench, RunningProcess, _ file: (String) throws -> String) async throws -> Void
  ) async throws {
    try await Workbench.with(migrated: false) { bench in
      let dev = try RunningProcess("martlet", bench.environment, arguments: ["dev"])
      let port = try await dev.port()
      #expect(await eventually(within: .seconds(60)) { await ready(port) == true })
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "martlet-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try await body(bench, dev) { text in
        let file = folder.appending(path: "list.csv")
        try Data(text.utf8).write(to: file)
        return file.path
      }
      try FileManager.default.removeItem(at: folder)
      dev.child.signal(SIGTERM)
      #expect(await eventually(within: .seconds(30)) { !dev.child.isRunning })
      #expect(dev.child.exitStatus == 0, "\(dev.child.output.suffix(2000))")
    }
  }

  @Test func aListIsImportedAndEveryRowAccountedFor() async throws {
    try await withDev { bench, _, file in
      let path = try file(Self.list)
      let arguments = [
        "import", path, "--map", "Mail=email", "--map", "First=firstname", "--map",
        "Last=lastname", "--tag", "fair", "--watch", "--json",
      ]
      let outcome = try await Program.run("martlet", arguments, environment: bench.environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = try outcome.json(Summary.self)
      #expect(summary.status == "imported")
      #expect(summary.counts == [4, 2, 1, 1])
      let row = try #require(
        try await bench.database.pool.query(
          "SELECT firstname, lastname FROM contacts WHERE email = 'ada@example.com'"
        ).first)
      let (first, last) = try row.decode(String.self, String.self)
      #expect(first == "Ada", "a blank does not erase")
      #expect(last == "Byron")

      let words = try await bench.martlet("import", path, "--map", "Mail=email", "--watch")
      #expect(words.status == 0)
      #expect(words.output.contains("0 created, 3 updated, 1 left out"))
      #expect(words.output.contains("line 5: email"))
      #expect(try await bench.martlet("wait", "--idle", "--timeout", "30").status == 0)
    }
  }

  @Test func refusalsSayWhyAndLeaveNothing() async throws {
    try await Workbench.with { bench in
      let file = FileManager.default.temporaryDirectory.appending(
        path: "martlet-\(UUID().uuidString).csv")
      try Data(Self.list.utf8).write(to: file)
      let cases: [(arguments: [String], status: Int32, words: String)] = [
        (["/nonexistent.csv"], 2, "no file"),
        ([NSTemporaryDirectory()], 2, "cannot be read"),
        ([file.path, "--map", "Nope=email"], 1, "Nope"),
        ([file.path, "--map", "Mail=nonsense"], 1, "nonsense"),
        ([file.path, "--map", "Mail"], 2, "map"),
        ([file.path, "--map", "Mail=email", "--segment", "vip"], 1, "no segment vip"),
        ([file.path, "--map", "Mail=email", "--owner", "nobody"], 1, "no user nobody"),
        ([file.path, "--map", "First=firstname"], 1, "identifier"),
        (["-", "--map", "Mail=email"], 1, "empty"),
      ]
      for (arguments, status, words) in cases {
        let outcome = try await Program.run(
          "martlet", ["import"] + arguments, environment: bench.environment)
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      }
      try FileManager.default.removeItem(at: file)
      let left = try await bench.database.pool.query("SELECT FROM imports")
      #expect(left.isEmpty)
    }
  }

  @Test func anAPIElsewhereTakesTheSameList() async throws {
    try await withDev { bench, dev, file in
      let url = "http://127.0.0.1:\(try await dev.port("the API is open"))"
      let login = ["MARTLET_API_URL": url, "MARTLET_API_USER": "ada"]
      _ = try await bench.martlet("user", "add", "ada", "--password-stdin", input: "secret\n")
      let path = try file(Self.list)
      let arguments = ["import", path, "--map", "Mail=email", "--watch", "--json"]

      let anonymous = try await Program.run("martlet", arguments, environment: login)
      #expect(anonymous.status == 2 && anonymous.errors.contains("login"))
      let wrong = try await Program.run(
        "martlet", arguments, environment: login.merging(["MARTLET_API_PASSWORD": "x"]) { $1 })
      #expect(wrong.status == 1 && wrong.errors.contains("refuses"))

      let right = try await Program.run(
        "martlet", arguments, environment: login.merging(["MARTLET_API_PASSWORD": "secret"]) { $1 })
      #expect(right.status == 0, "\(right.errors)")
      let summary = try right.json(Summary.self)
      #expect(summary.counts == [4, 2, 1, 1])

      let refused = try await Program.run(
        "martlet", ["import", path, "--map", "Nope=email"],
        environment: login.merging(["MARTLET_API_PASSWORD": "secret"]) { $1 })
      #expect(refused.status == 1 && refused.errors.contains("Nope"), "\(refused.errors)")
      let left = try await bench.database.pool.query("SELECT FROM imports")
      #expect(left.count == 1)
    }
  }
}
