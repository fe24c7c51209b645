import Foundation
import TestSupport

/// The `martlet-api` of an installation, to be killed and replaced, and a client that talks to it
/// by `curl`.
final class APIProcess {
  private let installation: Installation
  private let credentials: String
  private var process: Child
  private var port = 0

  /// Starts the process and waits until it listens.
  init(_ installation: Installation) async throws {
    self.installation = installation
    let added = try await installation.command(["user", "add", "admin", "--role", "admin"])
    guard let password = added.split(separator: "\n").last?.split(separator: " ").last else {
      throw Installation.Failure(description: "no password: \(added)")
    }
    credentials = "admin:\(password)"
    process = try installation.spawn("martlet-api", environment: ["MARTLET_HTTP_PORT": "0"])
    try await listen()
  }

  /// `kill -9`, and a new process in its place.
  func replace() async throws {
    process.kill()
    process = try installation.spawn("martlet-api", environment: ["MARTLET_HTTP_PORT": "0"])
    try await listen()
  }

  /// The peak memory of the process in bytes; nil if unknown.
  var peakMemory: Int? { process.peakMemory }

  /// The outcome of a request.
  struct Answer: Sendable {
    /// The HTTP status; 0 without an answer.
    var status: Int
    var body: String
  }

  /// A request under way.
  struct Request: Sendable {
    let process: Child

    /// Waits for the answer.
    func answer() async throws -> Answer {
      guard await eventually(within: .seconds(120), { !process.isRunning }) else {
        throw Installation.Failure(description: "no answer within two minutes")
      }
      let lines = process.output.split(separator: "\n", omittingEmptySubsequences: false)
      return Answer(
        status: lines.last.flatMap { Int($0) } ?? 0,
        body: lines.dropLast().joined(separator: "\n"))
    }
  }

  /// Begins to send a file to be imported.
  /// - Parameters:
  ///   - file: The path of a CSV file.
  ///   - query: The options.
  ///   - key: The idempotency key.
  ///   - bytesPerSecond: The rate of sending; nil for no limit.
  /// - Returns: The request.
  /// - Throws: When `curl` cannot be started.
  func upload(
    _ file: String, query: String, key: String, bytesPerSecond: Int? = nil
  ) throws -> Request {
    let limit = bytesPerSecond.map { ["--limit-rate", String($0)] } ?? []
    return try request(
      "/api/imports/new?\(query)",
      limit + [
        "-X", "POST", "-H", "Content-Type: text/csv", "-H", "Idempotency-Key: \(key)", "-T", file,
      ])
  }

  /// Sends a GET and waits for the answer.
  func get(_ path: String) async throws -> Answer {
    try await request(path, []).answer()
  }

  /// Sends JSON and waits for the answer.
  func send(_ method: String, _ path: String, _ json: String = "{}") async throws -> Answer {
    try await request(
      path, ["-X", method, "-H", "Content-Type: application/json", "-d", json]
    ).answer()
  }

  private func request(_ path: String, _ arguments: [String]) throws -> Request {
    Request(
      process: try Child(
        "/usr/bin/env",
        ["curl", "-sS", "-u", credentials, "-w", "\n%{http_code}"] + arguments
          + ["http://127.0.0.1:\(port)\(path)"],
        log: try installation.emptyFile("curl-\(UUID().uuidString).log")))
  }

  private func listen() async throws {
    let isOpen = await eventually(within: .seconds(60)) {
      for line in process.output.split(separator: "\n") where line.contains("the API is open") {
        guard let range = line.firstRange(of: "\"port\":"),
          let number = Int(line[range.upperBound...].prefix { $0.isNumber })
        else { continue }
        port = number
        return true
      }
      return false
    }
    guard isOpen else {
      throw Installation.Failure(description: "the API does not listen: \(process.output)")
    }
  }
}
