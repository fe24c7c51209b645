import HTTPTypes
import Imports
import Logging
import ObjectStore
import Testing

@testable import API
@testable import JobQueue
@testable import Postgres
@testable import Redis

@Suite("Errors of the modules below as answers")
struct ErrorMappingTests {
  private struct Foreign: Error {}

  private func answer(to error: any Error) -> APIError {
    ErrorMapping.apiError(for: error, logger: APIBed.logger)
  }

  @Test("Imports")
  func imports() {
    let expected: [(ImportError.Code, Int)] = [
      (.notFound, 404), (.fileNotFound, 404), (.invalid, 400), (.mapping, 400), (.conflict, 409),
      (.tooLarge, 413), (.unreadable, 400), (.cutOff, 400),
    ]
    for (code, status) in expected {
      let error = answer(to: ImportError(code, "why"))
      #expect(error.status.code == status)
      #expect(error.type == code.rawValue)
      #expect(error.message == "why")
    }
    let placed = answer(to: ImportError(.unreadable, "quote without an end", line: 7))
    #expect(placed.json["details"] == ["line": ["7"]])
  }

  @Test("Unreachable servers are 503 with a time to retry; our own faults are 500")
  func servers() {
    for error in [
      PostgresError(.connection, "x"), PostgresError(.poolTimeout, "x"),
      PostgresError(.timeout, "x"),
    ] {
      #expect(answer(to: error).status == .serviceUnavailable)
      #expect(answer(to: error).headers[.retryAfter] == "5")
    }
    #expect(answer(to: ObjectError(.refused, "x")).status == .serviceUnavailable)
    #expect(answer(to: RedisError(.timeout, "x")).status == .serviceUnavailable)
    #expect(answer(to: RedisError(.server, "x")).status == .internalServerError)
    #expect(answer(to: PostgresError(.decoding, "x")).status == .internalServerError)
    #expect(answer(to: Foreign()).status == .internalServerError)
    #expect(answer(to: Foreign()).json["details"] == nil)
    #expect(answer(to: CancellationError()).status == .serviceUnavailable)
  }

  @Test(
    "Servers that answer and cannot work are 503 as well",
    arguments: [
      "25006", "53100", "53200", "53300", "53400", "57014", "57P03", "58030", "40001", "40P01",
    ])
  func troubles(state: String) {
    let error = PostgresError(
      .server, "x", server: .init(sqlState: SQLState(rawValue: state)))
    #expect(answer(to: error).status == .serviceUnavailable)
    #expect(answer(to: error).type == "unavailable")
    #expect(answer(to: error).headers[.retryAfter] == "5")
    for text in ["OOM command not allowed", "READONLY You can't write", "MISCONF x"] {
      #expect(answer(to: RedisError(reply: text)).status == .serviceUnavailable)
    }
    for state in ["23505", "42P01", "P0001", "54000"] {
      let error = PostgresError(
        .server, "x", server: .init(sqlState: SQLState(rawValue: state)))
      #expect(answer(to: error).status == .internalServerError)
    }
  }

  @Test("Jobs and queues")
  func jobs() {
    #expect(answer(to: JobError.notFound(JobID())).status == .notFound)
    let conflict = answer(to: JobError.conflict(JobID(), "it is running"))
    #expect(conflict.status == .conflict)
    #expect(conflict.message == "The job cannot be changed: it is running.")
    let full = answer(to: QueueFull(queue: "imports", depth: 5, bound: 5))
    #expect(full.status == .serviceUnavailable)
    #expect(full.type == "queue_full")
  }

  @Test("Validation names each field")
  func validation() {
    let error = APIError.validation([("email", ["is no address"]), ("city", ["is unknown"])])
    #expect(error.message == "email: is no address, city: is unknown")
    #expect(error.json["details"] == ["email": ["is no address"], "city": ["is unknown"]])
  }
}
