import Foundation
import TestSupport
import Testing

/// `martlet export`, with workers and an API as an installation has them.
@Suite struct ExportCommandTests {
  struct Summary: Decodable {
    let status: String
    let contacts: Int
    let bytes: Int
    let neutralised: Int
  }

  /// `martlet dev` on a database with three contacts, and a folder of the test's own.
  private func withDev(
    _ body: (Workbench, RunningProcess, _ folder: URL) async throws -> Void
  ) async throws {
    try await Workbench.with(migrated: false) { bench in
      let dev = try RunningProcess("martlet", bench.environment, arguments: ["dev"])
      let port = try await dev.port()
      #expect(await eventually(within: .seconds(60)) { await ready(port) == true })
      try await bench.database.pool.query(
        """
        INSERT INTO contacts (email, firstname, date_added, date_identified)
        SELECT 'user' || n || '@example.com', CASE n WHEN 2 THEN '=1+1' ELSE 'Ada' END, now(), now()
        FROM generate_series(1, 3) AS n ORDER BY n
        """)
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "martlet-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try await body(bench, dev, folder)
      try FileManager.default.removeItem(at: folder)
      dev.child.signal(SIGTERM)
      #expect(await eventually(within: .seconds(30)) { !dev.child.isRunning })
    }
  }

  private static let columns = ["--column", "email", "--column", "firstname"]

  @Test("The database is asked: a whole file, or none and the reason")
  func direct() async throws {
    try await withDev { bench, _, folder in
      let file = folder.appending(path: "all.csv")
      let outcome = try await Program.run(
        "martlet", ["export", "-o", file.path, "--json"] + Self.columns,
        environment: bench.environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = try outcome.json(Summary.self)
      #expect(summary.status == "ready")
      #expect(summary.contacts == 3)
      #expect(summary.neutralised == 1)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.utf8.count == summary.bytes)
      #expect(
        text == "email,firstname\r\nuser1@example.com,Ada\r\nuser2@example.com,'=1+1\r\n"
          + "user3@example.com,Ada\r\n")

      let raw = try await Program.run(
        "martlet", ["export", "-o", "-", "--raw", "--search", "user2"] + Self.columns,
        environment: bench.environment)
      #expect(raw.output == "email,firstname\r\nuser2@example.com,=1+1\r\n")
      #expect(raw.errors.contains("1 contacts"))

      // Registered commands of other modules work here as in the API.
      try await bench.database.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        VALUES (1, 'Chosen', 'Chosen', 'chosen', now())
        """)
      try await bench.database.pool.query(
        """
        INSERT INTO segment_members (contact_id, segment_id, date_added, manually_added)
        VALUES (3, 1, now(), true)
        """)
      let members = try await Program.run(
        "martlet", ["export", "-o", "-", "--segment", "chosen"] + Self.columns,
        environment: bench.environment)
      #expect(members.output == "email,firstname\r\nuser3@example.com,Ada\r\n", "\(members.errors)")

      let cases: [(arguments: [String], status: Int32, words: String)] = [
        (["--search", "nobody-is-called-so"], 1, "nothing to export"),
        (["--segment", "vip"], 1, "no segment vip"), (["--column", "nosuch"], 1, "nosuch"),
        (["--format", "pdf"], 2, "pdf"), (["--format", "xlsx", "--gzip"], 1, "gzip"),
      ]
      for (arguments, status, words) in cases {
        let refused = try await Program.run(
          "martlet", ["export", "-o", file.path] + arguments, environment: bench.environment)
        #expect(refused.status == status, "\(arguments): \(refused.errors)")
        #expect(refused.errors.contains(words), "\(arguments): \(refused.errors)")
      }
      // The file that was there is still whole, and nothing lies beside it.
      #expect(try String(contentsOf: file, encoding: .utf8) == text)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["all.csv"])
    }
  }

  @Test("A remote API is asked with a login, and sends the same")
  func remote() async throws {
    try await withDev { bench, dev, folder in
      let url = "http://127.0.0.1:\(try await dev.port("the API is open"))"
      _ = try await bench.martlet("user", "add", "ada", "--password-stdin", input: "secret\n")
      let file = folder.appending(path: "some.xlsx")
      let arguments = [
        "export", "--url", url, "--user", "ada", "-o", file.path, "--format", "xlsx", "--json",
      ]
      let wrong = try await Program.run(
        "martlet", arguments, environment: ["MARTLET_API_PASSWORD": "x"])
      #expect(wrong.status == 1 && wrong.errors.contains("refuses"), "\(wrong.errors)")
      let right = try await Program.run(
        "martlet", arguments, environment: ["MARTLET_API_PASSWORD": "secret"])
      #expect(right.status == 0, "\(right.errors)")
      let summary = try right.json(Summary.self)
      let bytes = try Data(contentsOf: file)
      #expect(bytes.count == summary.bytes)
      #expect(bytes.prefix(2) == Data("PK".utf8))
    }
  }
}
