import Foundation
import Primitives
import TestSupport
import Testing

/// `martlet audit` and `martlet mcp`, with a worker and an API as an installation has them.
@Suite struct AuditCommandTests {
  private struct Report: Decodable {
    struct Head: Decodable {
      let block: Int
      let hash: String
    }
    struct Fault: Decodable {
      let block: Int?
      let entry: Int?
    }
    let isRight: Bool
    let entries: Int
    let unsealed: Int
    let head: Head?
    let fault: Fault?
  }

  private func withDev(
    _ body: (Workbench, _ url: String) async throws -> Void
  ) async throws {
    try await Workbench.with(migrated: false) { bench in
      let dev = try RunningProcess("martlet", bench.environment, arguments: ["dev"])
      let port = try await dev.port()
      #expect(await eventually(within: .seconds(60)) { await ready(port) == true })
      _ = try await bench.martlet("user", "add", "ada", "--password-stdin", input: "secret\n")
      try await body(bench, "http://127.0.0.1:\(try await dev.port("the API is open"))")
      dev.child.signal(SIGTERM)
      #expect(await eventually(within: .seconds(30)) { !dev.child.isRunning })
    }
  }

  @Test func theLogIsSealedProvedAndExported() async throws {
    try await withDev { bench, _ in
      func report(_ arguments: String...) async throws -> (status: Int32, report: Report) {
        let outcome = try await Program.run(
          "martlet", ["audit", "verify", "--json"] + arguments, environment: bench.environment)
        return (outcome.status, try outcome.json(Report.self))
      }
      let isSealed = try await eventually(within: .seconds(60)) {
        try await report().report.entries == 1
      }
      #expect(isSealed)
      let found = try await report()
      let head = try #require(found.report.head)
      #expect(found.status == 0 && found.report.isRight && head.block == 1)
      #expect(try await report("--expect", head.hash).status == 0)
      let strange = try await bench.martlet(
        "audit", "verify", "--expect", String(repeating: "0", count: 64))
      #expect(strange.status == 1 && strange.output.contains("not in the chain"))
      #expect(try await bench.martlet("audit", "verify", "--expect", "x").status == 2)

      let lines = try await bench.martlet("audit", "export", "--from", "2020-01-01")
      #expect(lines.output.split(separator: "\n").count == 1)
      #expect(lines.output.contains("Command line") && lines.errors.contains("1 entries"))
      #expect(try await bench.martlet("audit", "export", "--to", "2020-01-01").output.isEmpty)
      #expect(try await bench.martlet("audit", "export", "--to", "2020-02-30").status == 2)

      try await bench.database.pool.transaction { connection in
        try await connection.query("SET LOCAL session_replication_role = replica")
        try await connection.query("UPDATE audit_log SET user_name = 'Eve'")
      }
      let forged = try await report()
      #expect(forged.status == 1 && forged.report.fault?.entry == 1)
      #expect(try await bench.martlet("audit").output.contains("WRONG: block 1, entry 1"))
    }
  }

  @Test func linesAreMessagesOfTheModelContextProtocol() async throws {
    try await withDev { bench, url in
      let input = """
        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}
        {"jsonrpc":"2.0","method":"notifications/initialized"}

        {"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"segments_list"}}
        {
        """
      func run(_ password: String) async throws -> [JSONValue] {
        try await bench.martlet(
          "mcp", "--url", url, "--user", "ada", input: input + "\n",
          environment: ["MARTLET_API_PASSWORD": password]
        ).output.split(separator: "\n").map {
          try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
        }
      }
      let answers = try await run("secret")
      #expect(answers.map { $0["id"] } == [.integer(1), .string("x"), .null])
      #expect(answers[0]["result"]?["serverInfo"]?["name"] == .string("martlet"))
      #expect(answers[1]["result"]?["isError"] != nil && answers[2]["error"] != nil)
      let refused = try await run("wrong")
      #expect(refused.count == 3 && refused.allSatisfy { $0["error"] != nil })
      #expect(try await bench.martlet("mcp").status == 2)
    }
  }
}
